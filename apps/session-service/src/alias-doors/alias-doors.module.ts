import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { AliasesModule } from '../aliases/aliases.module.js';
import { AliasDoorsController } from './alias-doors.controller.js';
import { AliasDoorsService } from './alias-doors.service.js';
import { AliasEntrance } from './alias-entrance.js';
import { PasscodeLine } from './passcode-line.js';

@Module({ imports: [AdmissionModule, AliasesModule], controllers: [AliasDoorsController], providers: [AliasDoorsService, AliasEntrance, PasscodeLine] })
export class AliasDoorsModule {}
