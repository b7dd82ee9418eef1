import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth/oauth.module.js';
import { UsersModule } from '../users/users.module.js';
import { VisitorsModule } from '../visitors/visitors.module.js';
import { GrantDesk } from './grant-desk.js';
import { LoginDesk } from './login-desk.js';
import { LoginService } from './login.service.js';
import { LoginSessions } from './login-sessions.js';
import { LogoutController } from './logout.controller.js';

/** Persons log in, say what applications may do for them, and log out: once, for every flow. */
@Module({
  imports: [OAuthModule, VisitorsModule, UsersModule],
  controllers: [LogoutController],
  providers: [LoginService, LoginSessions, LoginDesk, GrantDesk],
  exports: [LoginSessions, LoginDesk, GrantDesk],
})
export class LoginModule {}
