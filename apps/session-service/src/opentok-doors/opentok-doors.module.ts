import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { OpentokRepository } from '../opentok/opentok.repository.js';
import { OpentokDoorsController } from './opentok-doors.controller.js';
import { OpentokDoorsService } from './opentok-doors.service.js';

@Module({ imports: [AdmissionModule], controllers: [OpentokDoorsController], providers: [OpentokDoorsService, OpentokRepository] })
export class OpentokDoorsModule {}
