import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AuditEntryDto, type AuditVerdict, listAuditEntries, type ListOf, type RequestOf, verifyAuditChain } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { AuditService } from './audit.service.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Rpc(listAuditEntries)
  list(@Payload() { orgId, ...page }: RequestOf<typeof listAuditEntries>, @Caller() actor: Actor): Promise<ListOf<AuditEntryDto>> {
    return this.audit.list(actor, orgId, page);
  }

  @Rpc(verifyAuditChain)
  verify(@Payload() { orgId, after }: RequestOf<typeof verifyAuditChain>, @Caller() actor: Actor): Promise<AuditVerdict> {
    return this.audit.verify(actor, orgId, after);
  }
}
