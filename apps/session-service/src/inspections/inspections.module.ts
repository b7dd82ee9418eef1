import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { InspectionsController } from './inspections.controller.js';
import { InspectionsRepository } from './inspections.repository.js';
import { InspectionsService } from './inspections.service.js';

@Module({ imports: [AdmissionModule, LinkKindsModule], controllers: [InspectionsController], providers: [InspectionsService, InspectionsRepository] })
export class InspectionsModule {}
