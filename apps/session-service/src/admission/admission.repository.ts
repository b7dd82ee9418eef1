import { Injectable } from '@nestjs/common';
import { type Query, type Tx } from '@parley/persistence';
import type { SessionPlace } from '../leases/leases.repository.js';
import { standingOf, type StandingRow } from '../schedule/standing.js';
import type { SessionRow } from '../sessions/session.entity.js';
import { sessionOf } from '../sessions/sessions.repository.js';
import type { Asked, Facts } from './asked.js';
import { factsSql, previewFactsSql } from './facts.sql.js';

type Occurrence = Pick<SessionRow, 'started' | 'emptySince' | 'lastLeft' | 'ownerGoneSince' | 'terms' | 'sequence'>;

type FactsRow = Omit<Facts, 'session' | 'standing' | 'lapsedElsewhere'> &
  Occurrence &
  StandingRow & {
    sessionId: string | null;
    lapsedElsewhere: string[] | null;
  };

@Injectable()
export class AdmissionRepository {
  /** Of all who ask to enter one session. One statement of its own, after the locks: its snapshot holds what those before us have committed. */
  async facts(tx: Tx, asking: readonly Asked[]): Promise<Facts[]> {
    const rows = await tx.query<FactsRow>(factsSql, paramsOf(asking));
    const places = await this.places(tx, rows.flatMap(({ lapsedElsewhere }) => lapsedElsewhere ?? []));
    return asking.map((asked, n) => factsOf(asked, rows[n], places));
  }

  /** The same without locks, as if everything that is over had been ended. `subscriptionId`: as its owner knows it. */
  async preview(db: { query: Query }, asked: Asked, subscriptionId: string | null): Promise<Facts> {
    const [row] = await db.query<FactsRow>(previewFactsSql, paramsOf([asked], subscriptionId));
    const facts = factsOf(asked, row, []);
    return facts.session?.isDue(facts.now) ? { ...facts, session: undefined } : facts;
  }

  /** Remembers when a credential was first seen. */
  async noteUse(tx: Tx, hashes: readonly string[]): Promise<void> {
    await tx.query('insert into link_first_use (hash, at) select distinct hash, parley_now() from unnest($1::text[]) as hash order by hash on conflict do nothing', [hashes]);
  }

  private async places(tx: Tx, ids: readonly string[]): Promise<SessionPlace[]> {
    if (ids.length === 0) return [];
    return tx.query<SessionPlace>('select id, org_id as "orgId", sid from session where id = any($1::uuid[])', [[...new Set(ids)]]);
  }
}

/** As `factsSql` reads them. */
function paramsOf(asking: readonly Asked[], subscription: string | null = null): unknown[] {
  const [first] = asking;
  const people = asking.map(({ ref, clientId: client, person, hash, identities, participantId: participant = null, watching = false }, n) => ({
    ...{ n, ref, client, person, hash, people: identities, participant, watching, subscription },
  }));
  return [first?.orgId, first?.sid, JSON.stringify(people)];
}

function factsOf({ orgId, sid }: Asked, row: FactsRow | undefined, places: readonly SessionPlace[]): Facts {
  if (!row) throw new Error('the facts of an admission are always one row');
  const { sessionId, started, emptySince, lastLeft, ownerGoneSince, terms, sequence, settings, plan, invitation, lapsedElsewhere, ...facts } = row;
  const occurrence = { started, emptySince, lastLeft, ownerGoneSince, terms, sequence };
  const running = sessionId ? sessionOf({ id: sessionId, orgId, sid, state: 'open', ended: null, endReason: null, ...occurrence }) : undefined;
  const lapsed = places.filter(({ id }) => lapsedElsewhere?.includes(id));
  return { ...facts, session: running, standing: standingOf({ settings, plan, invitation }), lapsedElsewhere: lapsed };
}
