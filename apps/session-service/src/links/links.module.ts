import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { LinksController } from './links.controller.js';
import { LinksService } from './links.service.js';

@Module({ imports: [AdmissionModule, LeasesModule, LinkKindsModule], controllers: [LinksController], providers: [LinksService] })
export class LinksModule {}
