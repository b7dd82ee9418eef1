import { type Owner, owners, streamOf } from '@parley/dto';
import { markOf, readStream, runSql, type StoredMessage } from '@parley/testing';
import { type Listener, listeners } from './consumers.js';

export interface LedgerEvent {
  id: string;
  owner: Owner;
  aggregate: string;
  sequence: number;
  type: string;
  data: Record<string, unknown>;
  /** Must be in the stream as it is now: not everybody had it when that was made. */
  streamed: boolean;
}

/** What the witness noted of an event. */
export interface Seen {
  event_id: string;
  aggregate: string;
  sequence: number;
  /** Who wrote, and who was the leader then. */
  pid: number;
  leader: string | null;
}

/** Where the truth of a run lies. */
export interface Places {
  databaseUrl: string;
  natsUrl: string;
  orgId: string;
  /** The last effect that the witness had noted when the run began. */
  seenBefore: number;
  /** Database time when the load had ended. What time alone brings after that (leases that run out) may still be under way. */
  toldBy: string;
}

type Row = Omit<LedgerEvent, 'owner' | 'sequence'> & { sequence: string };

/** What was told of the org, in the order of ids. */
export async function readLedger({ databaseUrl, natsUrl, orgId, toldBy }: Places): Promise<LedgerEvent[]> {
  const ofOwner = async (owner: Owner): Promise<LedgerEvent[]> => {
    const sql = `select event_id::text as id, aggregate, sequence, subject as type, envelope::json -> 'data' as data,
      outbox.id > $3 as streamed from ${owner}.outbox where org_id = $1 and at <= $2 order by outbox.id`;
    const rows = await runSql<Row>(databaseUrl, sql, [orgId, toldBy, (await markOf(natsUrl, streamOf(owner)))?.behind ?? 0]);
    return rows.map((row) => ({ ...row, owner, sequence: Number(row.sequence) }));
  };
  return (await Promise.all(owners.map(ofOwner))).flat();
}

export async function readSeen({ databaseUrl }: Places, ids: readonly string[]): Promise<Seen[]> {
  const rows = await runSql<Seen>(databaseUrl, 'select event_id::text, aggregate, sequence, pid, leader from witness.seen where event_id = any($1::uuid[]) order by seen.id', [ids]);
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

/** How often one of these came to a consumer that knew it. */
export async function countRepeats({ databaseUrl }: Places, ids: readonly string[]): Promise<number> {
  const [row] = await runSql<{ n: string }>(databaseUrl, 'select count(*) as n from witness.repeat where event_id = any($1::uuid[])', [ids]);
  return Number(row?.n);
}

/** Effects of events that are in no ledger. */
export async function countUnknownEffects({ databaseUrl, seenBefore }: Places): Promise<number> {
  const known = owners.map((owner) => `select from ${owner}.outbox o where o.event_id = seen.event_id`).map((one) => `not exists (${one})`);
  const [row] = await runSql<{ n: string }>(databaseUrl, `select count(*) as n from witness.seen where seen.id > $1 and ${known.join(' and ')}`, [seenBefore]);
  return Number(row?.n);
}

/** What is in all streams, each in its order. */
export async function readStreams({ natsUrl }: Places): Promise<StoredMessage[]> {
  return (await Promise.all(owners.map((owner) => readStream(natsUrl, streamOf(owner), `evt.${owner}.>`)))).flat();
}

export interface Arrivals {
  /** Events that have not taken effect where they must. */
  missing: string[];
  /** Events that wait in an inbox: parked, or dead. */
  waiting: string[];
}

/** Whether every event of the org took effect at every listener, as the inboxes have it. */
export async function readArrivals(places: Places): Promise<Arrivals> {
  const perListener = await Promise.all(listeners.map((listener) => absentees(listener, places)));
  const rows = perListener.flat();
  return {
    missing: rows.map(({ consumer, type, id }) => `${consumer} ${type} ${id}`),
    waiting: rows.filter(({ status }) => status !== null).map(({ consumer, status, reason, id }) => `${consumer} ${status} ${reason} ${id}`),
  };
}

interface Absentee {
  consumer: string;
  type: string;
  id: string;
  status: string | null;
  reason: string | null;
}

function absentees({ consumer, schema, from, subjects }: Listener, { databaseUrl, orgId, toldBy }: Places): Promise<Absentee[]> {
  const sql = `
    select $2 as consumer, o.subject as type, o.event_id::text as id, i.status, i.reason
    from ${from}.outbox o left join ${schema}.inbox i on i.consumer = $2 and i.event_id = o.event_id
    where o.org_id = $1 and o.at <= $4 and ($3::text[] is null or o.subject = any($3)) and i.status is distinct from 'done'`;
  return runSql<Absentee>(databaseUrl, sql, [orgId, consumer, subjects ?? null, toldBy]);
}
