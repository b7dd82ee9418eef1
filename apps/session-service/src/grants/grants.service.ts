import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Tx, uuidv7 } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import { firstLeaseUntil } from '../leases/lease.js';
import { Session } from '../sessions/session.entity.js';
import { type Judged, needsOwnSeat } from '../admission/rules.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { EntryTokens, type EntryTokenSigner, withoutSignature } from '../tokens/entry-tokens.js';
import { GrantsRepository } from './grants.repository.js';

/** Lets in whom no rule refused. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly grants: GrantsRepository,
    private readonly limits: AdmissionLimits,
    private readonly tokens: EntryTokens,
  ) {}

  /** Not inside a transaction: the first time the key of the tokens is fetched. */
  signer(): Promise<EntryTokenSigner> {
    return this.tokens.signer();
  }

  /** @returns the entry with its whole token, which is kept nowhere */
  async grant(tx: Tx, judged: Judged, signer: EntryTokenSigner): Promise<EntryRow> {
    const { asked, facts, end } = judged;
    const session = facts.session ?? Session.begin({ id: uuidv7(), orgId: asked.orgId, sid: asked.sid }, facts.now);
    const entry = await this.newEntry(judged, session, signer);
    session.enter(tx, entry);
    const kept = { ...entry, accessToken: withoutSignature(entry.accessToken) };
    const seat = needsOwnSeat(judged) ? entry.id : asked.person;
    await this.grants.save(tx, { session, entry: kept, person: asked.person, seat, linkEnd: end });
    return entry;
  }

  private async newEntry({ asked, facts, end }: Judged, session: Session, signer: EntryTokenSigner): Promise<EntryRow> {
    const id = uuidv7();
    const { orgId, sid, clientId, name, role } = asked;
    const enteredAt = facts.now;
    return {
      ...{ id, orgId, sid, clientId, name, role, enteredAt },
      sessionId: session.id,
      subscriptionId: facts.subscriptionId,
      peerId: randomUUID(),
      accessToken: await signer.sign({ entryId: id, orgId, sid, role, enteredAt, linkEnd: end }),
      leaseUntil: firstLeaseUntil({ enteredAt, linkEnd: end, leaseMax: this.limits.leaseMax }),
      endedAt: null,
    };
  }
}
