import { Injectable } from '@nestjs/common';
import { type Act, AUDIT_VERIFY_STEP, type AuditEntryDto, type AuditVerdict, type ListOf, type ListPage, SYSTEM_ORG } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type ReadTx, type Tx } from '@parley/persistence';
import { AdminReach } from '../orgs/admin-reach.js';
import { AuditRepository } from './audit.repository.js';
import { append, type Fault, findFault, GENESIS, type Link } from './chain.js';

@Injectable()
export class AuditService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditRepository,
    private readonly reach: AdminReach,
  ) {}

  async enter(tx: Tx, org: string, act: Act): Promise<void> {
    const head = await this.audit.lockHead(tx, org);
    this.audit.append(tx, org, append(head, org, act));
  }

  list(actor: Actor, org: string | undefined, page: ListPage): Promise<ListOf<AuditEntryDto>> {
    return this.db.read(async (tx) => {
      if (org !== undefined) await this.admit(tx, actor, org);
      return this.audit.list(tx, org ?? (await this.reach.only(tx, actor)), page);
    });
  }

  verify(actor: Actor, org: string, after: number): Promise<AuditVerdict> {
    return this.db.read(async (tx) => {
      await this.admit(tx, actor, org);
      const head = (await this.audit.head(tx, org)) ?? { number: 0, hash: GENESIS };
      const before = await this.linkBefore(tx, org, after);
      const links = await this.audit.links(tx, org, { after, upTo: head.number, limit: AUDIT_VERIFY_STEP });
      const last = links.at(-1) ?? before;
      const atEnd = links.length < AUDIT_VERIFY_STEP;
      const fault = findFault(org, before, links) ?? (atEnd ? faultAtEnd(last, head) ?? (await this.faultBehind(tx, org, head.number)) : undefined);
      return { org, intact: fault === undefined, entries: links.length, fault: fault ?? null, next: fault || atEnd ? null : last.number };
    });
  }

  /** Where the chain is verified from: its beginning, or the last link that was verified. */
  private async linkBefore(tx: ReadTx, org: string, after: number): Promise<Pick<Link, 'number' | 'hash'>> {
    if (after === 0) return { number: 0, hash: GENESIS };
    const [link] = await this.audit.links(tx, org, { after: after - 1, upTo: after, limit: 1 });
    return link ?? { number: after - 1, hash: 'missing' };
  }

  /** What was written while we read is behind the head that we know, and so is what never was in the chain. Ask the head of now. */
  private async faultBehind(tx: ReadTx, org: string, number: number): Promise<Fault | undefined> {
    if (!(await this.audit.hasBehind(tx, org, number))) return undefined;
    const now = await this.audit.head(tx, org);
    return (now?.number ?? 0) > number ? undefined : { number: number + 1, reason: 'the entry is behind the end of the chain' };
  }

  /** What is about no org is the operator's. */
  private async admit(tx: ReadTx, actor: Actor, org: string): Promise<void> {
    if (org === SYSTEM_ORG && actor.operator) return;
    await this.reach.enter(tx, actor, org);
  }
}

function faultAtEnd(last: Pick<Link, 'number' | 'hash'>, head: { number: number; hash: string }): Fault | undefined {
  if (last.number < head.number) return { number: last.number + 1, reason: 'the entry is missing' };
  return last.hash === head.hash ? undefined : { number: last.number, reason: 'the chain does not end with this entry' };
}
