import { Controller, Get, Query } from '@nestjs/common';
import { type AuditEntryDto, type AuditVerdict, listAuditEntries, type ListOf, verifyAuditChain } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { InShape } from '../http/in-shape.pipe.js';
import { ForAdmin } from './for-admin.js';
import { ListQuery, Whole } from './list-query.js';

const Org = z.string('must be given once').min(1).max(256).regex(/^\P{C}*$/u, 'must not contain control characters');
const AuditQuery = ListQuery.extend({ org: Org.optional() });
const VerifyQuery = z.object({ org: Org, after: Whole.optional() });

/** Who did what, when, from where (A7). */
@Controller('admin/v1/audit')
@ForAdmin()
export class AdminAuditController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  list(@Query(new InShape(AuditQuery)) { org: orgId, ...page }: z.output<typeof AuditQuery>): Promise<ListOf<AuditEntryDto>> {
    return this.rpc.call(listAuditEntries, { orgId, ...page });
  }

  @Get('verify')
  verify(@Query(new InShape(VerifyQuery)) { org: orgId, after }: z.output<typeof VerifyQuery>): Promise<AuditVerdict> {
    return this.rpc.call(verifyAuditChain, { orgId, after });
  }
}
