import { type CloudEvent, entryGranted, type EventContract, participantLeft, roleChanged, sessionEnded, sessionStarted } from '@parley/dto';
import { type Tx, uuidv7 } from '@parley/persistence';
import type { RecordsConsumer } from '../records/records.consumer.js';

/** Who was there, as it is known in the end. Milliseconds of the epoch. */
export interface Presence {
  orgId: string;
  entryId: string;
  sessionId: string;
  subscriptionId: string | null;
  role: 'owner' | 'guest';
  joined: number;
  left: number | null;
}

export interface Happening {
  contract: EventContract;
  event: CloudEvent;
}

/** Numbers that are the same for the same seed (mulberry32): from 0 to below `limit`. */
export function numbersOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

export const shuffled = <T>(items: readonly T[], random: (limit: number) => number): T[] =>
  items.map((item) => ({ item, place: random(1e9) })).sort((one, other) => one.place - other.place).map(({ item }) => item);

/** An occurrence of a session, and the events that tell of it. */
export class Story {
  readonly sessionId = uuidv7();
  readonly happenings: Happening[] = [];
  readonly presences: Presence[] = [];

  constructor(
    readonly orgId: string,
    readonly started: number,
  ) {
    this.tell(sessionStarted, { startedAt: iso(started) });
  }

  join(at: number, subscriptionId: string | null = null): Presence {
    const presence: Presence = { orgId: this.orgId, entryId: uuidv7(), sessionId: this.sessionId, subscriptionId, role: 'guest', joined: at, left: null };
    this.presences.push(presence);
    this.tell(entryGranted, { entryId: presence.entryId, clientId: 'key', subscriptionId, name: 'Ann', role: 'guest', enteredAt: iso(at) });
    return presence;
  }

  /** Again with another time: it became known better. */
  leave(presence: Presence, at: number): void {
    presence.left = at;
    this.tell(participantLeft, { entryId: presence.entryId, leftAt: iso(at), reason: 'lapsed', how: 'inferred' });
  }

  makeOwner(presence: Presence, at: number): void {
    presence.role = 'owner';
    this.tell(roleChanged, { entryId: presence.entryId, role: 'owner', changedAt: iso(at) });
  }

  end(at: number): void {
    this.tell(sessionEnded, { startedAt: iso(this.started), endedAt: iso(at), reason: 'empty' });
  }

  private tell(contract: EventContract, data: object): void {
    const event: CloudEvent = {
      specversion: '1.0',
      id: uuidv7(),
      source: 'parley/session',
      type: contract.subject,
      subject: `session/${this.sessionId}`,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      orgid: this.orgId,
      sequence: this.happenings.length + 1,
      data: contract.data.parse({ sessionId: this.sessionId, sid: 'room', ...data }),
    };
    this.happenings.push({ contract, event });
  }
}

const iso = (at: number): string => new Date(at).toISOString();

/** As the bus does it. */
export function hear(consumer: RecordsConsumer, tx: Tx, { contract, event }: Happening): void {
  const handlers = new Map<EventContract, (data: never, tx: Tx, event: CloudEvent) => void>([
    [sessionStarted, consumer.begin],
    [entryGranted, consumer.join],
    [roleChanged, consumer.changeRole],
    [participantLeft, consumer.leave],
    [sessionEnded, consumer.end],
  ]);
  const handler = handlers.get(contract);
  if (!handler) throw new Error(`nobody hears ${contract.subject}`);
  handler.call(consumer, event.data as never, tx, event);
}
