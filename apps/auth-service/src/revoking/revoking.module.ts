import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { RevokingController } from './revoking.controller.js';
import { RevokingRepository } from './revoking.repository.js';
import { RevokingService } from './revoking.service.js';

/** Tokens that an administrator takes back. */
@Module({ imports: [OrgsModule, RevocationsModule], controllers: [RevokingController], providers: [RevokingService, RevokingRepository] })
export class RevokingModule {}
