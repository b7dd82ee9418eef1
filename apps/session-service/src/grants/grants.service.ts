import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { capabilitiesOf } from '@parley/dto';
import { type Tx, uuidv7 } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import { earlier, firstLeaseUntil } from '../leases/lease.js';
import { Session } from '../sessions/session.entity.js';
import { type Judged, needsOwnSeat } from '../admission/rules.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { EntryTokens, type EntryTokenSigner, latestEnd, withoutSignature } from '../tokens/entry-tokens.js';
import { type Ends, GrantsRepository } from './grants.repository.js';

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
    const { asked, facts } = judged;
    const session = facts.session ?? Session.begin({ id: uuidv7(), orgId: asked.orgId, sid: asked.sid }, facts.now, facts.standing.terms);
    const ends = this.endsOf(judged, session);
    const entry = await this.newEntry(judged, { sessionId: session.id, signer, ...ends });
    session.enter(tx, entry);
    asked.granted?.(tx, entry);
    const kept = { ...entry, accessToken: withoutSignature(entry.accessToken) };
    const seat = needsOwnSeat(judged) ? entry.id : asked.person;
    this.grants.save(tx, { session, entry: kept, asked, seat, ...ends });
    return entry;
  }

  /**
   * `linkEnd`: of the link alone, or of the entry's token, since what bounds the session beside it may be changed later. `leaseEnd`: nobody stays
   * longer than link and token permit, nor than the session can last.
   */
  private endsOf({ asked, facts, end }: Judged, { hardEnd }: Session): Ends {
    const latest = latestEnd(facts.now);
    return { linkEnd: earlier(latest, this.limits.endOf(asked, facts.firstUse)), leaseEnd: earlier(earlier(latest, end), hardEnd) };
  }

  private async newEntry({ asked, facts }: Judged, { sessionId, signer, linkEnd, leaseEnd }: Ends & { sessionId: string; signer: EntryTokenSigner }): Promise<EntryRow> {
    const id = uuidv7();
    const { orgId, sid, clientId, name, role, capabilities = capabilitiesOf[role] } = asked;
    const enteredAt = facts.now;
    return {
      ...{ id, sessionId, orgId, sid, clientId, name, role, capabilities, enteredAt },
      subscriptionId: facts.subscriptionId,
      peerId: randomUUID(),
      accessToken: await signer.sign({ entryId: id, orgId, sid, role, capabilities, enteredAt, linkEnd }),
      leaseUntil: firstLeaseUntil({ enteredAt, linkEnd: leaseEnd, leaseMax: this.limits.leaseMax }),
      endedAt: null,
    };
  }
}
