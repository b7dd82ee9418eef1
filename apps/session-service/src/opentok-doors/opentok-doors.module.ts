import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { OpentokSigners } from '../opentok/opentok-signers.js';
import { OpentokRepository } from '../opentok/opentok.repository.js';
import { OpentokDoorsController } from './opentok-doors.controller.js';
import { OpentokDoorsService } from './opentok-doors.service.js';

@Module({ imports: [AdmissionModule, LinkKindsModule], controllers: [OpentokDoorsController], providers: [OpentokDoorsService, OpentokRepository, OpentokSigners] })
export class OpentokDoorsModule {}
