import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({ imports: [OrgsModule, RevocationsModule], controllers: [UsersController], providers: [UsersService, UsersRepository], exports: [UsersService, UsersRepository] })
export class UsersModule {}
