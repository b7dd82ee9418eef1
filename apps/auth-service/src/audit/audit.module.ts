import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { AuditConsumer } from './audit.consumer.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';

/** Who did what, when, from where: one chain of entries for each org. */
@Module({ imports: [OrgsModule], controllers: [AuditController], providers: [AuditService, AuditRepository, AuditConsumer] })
export class AuditModule {}
