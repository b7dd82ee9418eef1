import { Database } from '@parley/persistence';

/** What admission has promised, in numbers (coviu.md, "Who is in a session?"). */
const MAX_SEATS = 5;
const MAX_ENTRIES_OF_NAME = 3;
/** An end bears the time at which its transaction wrote it; others may see it as late as that transaction can last. Milliseconds. */
const ENDING_MS = 2000;

/** One time that somebody was in. Times are milliseconds of the database's clock. */
export interface PastEntry {
  entryId: string;
  /** Org and name of the session. */
  session: string;
  person: string;
  subscriptionId: string | null;
  enteredAt: number;
  /** From then on the seat was free. */
  freedAt: number;
}

/** One time that somebody was not let in. */
export interface PastRefusal {
  session: string;
  person: string;
  /** Every subscription that the link's `ref` has ever been. */
  subscriptionIds: readonly string[];
  code: string;
  at: number;
}

export interface History {
  entries: readonly PastEntry[];
  refusals: readonly PastRefusal[];
}

/**
 * What went wrong, in words; empty if nothing did. Judges each moment at which something was decided by who was in then. Within a session
 * that is exact, since all that happens in one happens under its lock; what happens in another is only known to be over when it is told.
 */
export function faultsOf({ entries, refusals }: History): string[] {
  return [...entries.flatMap((entry) => faultsOfEntry(entry, entries)), ...refusals.flatMap((refusal) => faultsOfRefusal(refusal, entries))];
}

const isIn = (entry: PastEntry, at: number): boolean => entry.enteredAt <= at && at < entry.freedAt;

function faultsOfEntry(entry: PastEntry, entries: readonly PastEntry[]): string[] {
  const present = entries.filter((other) => isIn(other, entry.enteredAt));
  const seats = seatsOf(present.filter(({ session }) => session === entry.session));
  const elsewhere = present.filter((other) => entry.subscriptionId !== null && other.subscriptionId === entry.subscriptionId && other.session !== entry.session);
  return [
    ...(seats > MAX_SEATS ? [`${seats} seats in ${entry.session} when ${entry.entryId} entered`] : []),
    ...(elsewhere.length > 0 ? [`subscription ${entry.subscriptionId} in ${entry.session} and ${elsewhere[0]?.session} when ${entry.entryId} entered`] : []),
  ];
}

function faultsOfRefusal({ session, person, subscriptionIds, code, at }: PastRefusal, entries: readonly PastEntry[]): string[] {
  const present = entries.filter((entry) => isIn(entry, at));
  const here = present.filter((entry) => entry.session === session);
  if (code === 'session.full' && seatsOf(here) < MAX_SEATS) return [`${person} refused for ${seatsOf(here)} seats in ${session} at ${at}`];
  if (code === 'session.full' && sharesSeat(person, here)) return [`${person} refused in ${session} at ${at}, with a seat there`];
  const busy = entries.some((entry) => entry.session !== session && subscriptionIds.includes(entry.subscriptionId ?? '') && isIn({ ...entry, freedAt: entry.freedAt + ENDING_MS }, at));
  return code === 'subscription.busy' && !busy ? [`${person} refused in ${session} at ${at}, while the subscription was free`] : [];
}

const sharesSeat = (person: string, here: readonly PastEntry[]): boolean => {
  const own = here.filter((entry) => entry.person === person).length;
  return own > 0 && (!person.startsWith('name:') || own < MAX_ENTRIES_OF_NAME);
};

/** A person is one seat; of those who are known by a name only, each beyond the third of that name is another. */
function seatsOf(here: readonly PastEntry[]): number {
  const people = [...new Set(here.map(({ person }) => person))];
  const seats = people.map((person) => (person.startsWith('name:') ? Math.max(1, here.filter((entry) => entry.person === person).length - MAX_ENTRIES_OF_NAME + 1) : 1));
  return seats.reduce((sum, each) => sum + each, 0);
}

const entriesSql = `
select e.id as "entryId", e.org_id || ' ' || e.sid as session, e.person, e.subscription_id as "subscriptionId",
  e.entered_at as "enteredAt", coalesce(l.lease_until, e.lease_until) as "freedAt"
from entry e left join lease l on l.entry_id = e.id`;

const refusalsSql = `
select r.org_id || ' ' || r.sid as session, r.person, r.code, r.at,
  array(select d.id::text from subscription_door d where d.org_id = r.org_id and d.ref = r.ref) as "subscriptionIds"
from refusal r where r.sid is not null and r.person is not null`;

/** All that session-service has ever decided, from its own database. Times in whole milliseconds, as they are when they are decided on. */
export async function readHistory(adminDatabaseUrl: string): Promise<History> {
  const db = await Database.connect({ url: adminDatabaseUrl, schema: 'session', entities: [] });
  try {
    const entries = await db.query<Omit<PastEntry, 'enteredAt' | 'freedAt'> & { enteredAt: Date; freedAt: Date }>(entriesSql);
    const refusals = await db.query<Omit<PastRefusal, 'at'> & { at: Date }>(refusalsSql);
    return {
      entries: entries.map((entry) => ({ ...entry, enteredAt: entry.enteredAt.getTime(), freedAt: entry.freedAt.getTime() })),
      refusals: refusals.map((refusal) => ({ ...refusal, at: refusal.at.getTime() })),
    };
  } finally {
    await db.close();
  }
}
