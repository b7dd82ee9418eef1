import { Module } from '@nestjs/common';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { AdminReach } from './admin-reach.js';
import { OrgsController } from './orgs.controller.js';
import { OrgsRepository } from './orgs.repository.js';
import { OrgsService } from './orgs.service.js';

@Module({ imports: [RevocationsModule], controllers: [OrgsController], providers: [OrgsService, OrgsRepository, AdminReach], exports: [AdminReach] })
export class OrgsModule {}
