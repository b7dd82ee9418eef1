import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { capabilitiesOf } from '@parley/dto';
import { type Tx, uuidv7 } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import { earlier, firstLeaseUntil } from '../leases/lease.js';
import { Session } from '../sessions/session.entity.js';
import { type Judged, needsOwnSeat } from '../admission/rules.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { EntryTokens, type EntryTokenSigner, MAX_LIFE_S, withoutSignature } from '../tokens/entry-tokens.js';
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
    const { asked, facts } = judged;
    const session = facts.session ?? Session.begin({ id: uuidv7(), orgId: asked.orgId, sid: asked.sid }, facts.now, facts.standing.terms);
    const entry = await this.newEntry(judged, session, signer);
    session.enter(tx, entry);
    asked.granted?.(tx, entry);
    const kept = { ...entry, accessToken: withoutSignature(entry.accessToken) };
    const seat = needsOwnSeat(judged) ? entry.id : asked.person;
    this.grants.save(tx, { session, entry: kept, asked, seat, linkEnd: this.linkEnd(judged), leaseEnd: lastMoment(judged, session) });
    return entry;
  }

  /** Of the link alone, or of the entry's token: what bounds the session beside it may be changed later. */
  private linkEnd({ asked, facts }: Judged): Date {
    return earlier(tokenEnd(facts.now), this.limits.endOf(asked, facts.firstUse));
  }

  private async newEntry(judged: Judged, session: Session, signer: EntryTokenSigner): Promise<EntryRow> {
    const { asked, facts } = judged;
    const id = uuidv7();
    const { orgId, sid, clientId, name, role, capabilities = capabilitiesOf[role] } = asked;
    const enteredAt = facts.now;
    return {
      ...{ id, orgId, sid, clientId, name, role, capabilities, enteredAt },
      sessionId: session.id,
      subscriptionId: facts.subscriptionId,
      peerId: randomUUID(),
      accessToken: await signer.sign({ entryId: id, orgId, sid, role, capabilities, enteredAt, linkEnd: this.linkEnd(judged) }),
      leaseUntil: firstLeaseUntil({ enteredAt, linkEnd: lastMoment(judged, session), leaseMax: this.limits.leaseMax }),
      endedAt: null,
    };
  }
}

/** When the token of an entry that begins now ends at the latest. */
const tokenEnd = (now: Date): Date => new Date(now.getTime() + MAX_LIFE_S * 1000);

/** Nobody stays longer than link and token permit, nor than the session can last. */
const lastMoment = ({ facts: { now }, end }: Judged, { hardEnd }: Session): Date => earlier(earlier(tokenEnd(now), end), hardEnd);
