import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { OrgTokensController } from './org-tokens.controller.js';
import { OrgTokensRepository } from './org-tokens.repository.js';
import { OrgTokensService } from './org-tokens.service.js';

@Module({ imports: [OrgsModule, RevocationsModule], controllers: [OrgTokensController], providers: [OrgTokensService, OrgTokensRepository], exports: [OrgTokensService] })
export class OrgTokensModule {}
