import { Module } from '@nestjs/common';
import { CallRulesController } from './call-rules.controller.js';
import { CallRulesService } from './call-rules.service.js';

@Module({ controllers: [CallRulesController], providers: [CallRulesService] })
export class CallRulesModule {}
