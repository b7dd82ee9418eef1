import type { Asked, Product } from './product.js';
import type { Random } from './random.js';

/** What one worker knows of the things that it has made. */
export class World {
  readonly rooms: Room[] = [];
  private made = 0;

  constructor(
    readonly product: Product,
    readonly random: Random,
    private readonly worker: string,
  ) {}

  /** No other worker and no other run uses it. */
  newName(): string {
    this.made += 1;
    return `${this.worker}-${this.made}-${this.product.org.orgId.slice(0, 8)}`;
  }

  someRoom(which: (room: Room) => boolean = () => true): Room | undefined {
    return this.random.pick(this.rooms.filter(which));
  }
}

/** A subscription with the session that its owner is in. */
export interface Room {
  subscriptionId: string;
  ref: string;
  sid: string;
  entries: { entryId: string; accessToken: string }[];
}

/** One request, what it writes, and what is learned from a success. Whatever came, `after` is called. */
export interface Step {
  asked: Asked;
  fact?: string;
  learn?: (body: never) => void;
  after?: () => void;
}

export interface OperationKind {
  name: string;
  /** How often it is chosen, beside the others. */
  weight: number;
  /** Undefined if there is nothing to do it to. */
  plan(world: World): Step | undefined;
}

interface Resource<Content> {
  content: Content;
}

const MAX_ROOMS = 6;

/** The load. A new flow is a row here, and a row in `facts.ts` for each event that it tells. */
export const operations: readonly OperationKind[] = [
  {
    name: 'subscribe',
    weight: 3,
    plan: (world) => {
      if (world.rooms.length >= MAX_ROOMS) return undefined;
      const ref = world.newName();
      return {
        asked: { method: 'POST', path: `${world.product.path}/subscriptions`, data: { ref, name: `Dr ${ref}`, email: `${ref}@example.test` } },
        fact: `subscription ${ref} created`,
        learn: ({ content }: Resource<{ subscriptionId: string }>) =>
          void world.rooms.push({ subscriptionId: content.subscriptionId, ref, sid: `${ref}-${world.newName()}`, entries: [] }),
      };
    },
  },
  {
    name: 'unsubscribe',
    weight: 1,
    plan: (world) => {
      const room = world.someRoom();
      if (!room || world.rooms.length < MAX_ROOMS / 2) return undefined;
      return {
        asked: { method: 'DELETE', path: `${world.product.path}/subscriptions/${room.subscriptionId}?end_sessions=${world.random.next() < 0.5}` },
        fact: `subscription ${room.ref} removed`,
        after: () => void world.rooms.splice(world.rooms.indexOf(room), 1),
      };
    },
  },
  {
    name: 'enter by link',
    weight: 8,
    plan: (world) => {
      const room = world.someRoom(({ entries }) => entries.length < 4);
      if (!room) return undefined;
      const name = world.newName();
      const link = world.product.link({ rle: 'guest', un: name, ref: room.ref, sid: room.sid });
      return {
        asked: { method: 'GET', path: `/v1/session/${link}`, bearer: '' },
        fact: `entry ${name} granted`,
        learn: ({ content }: Resource<Room['entries'][number]>) => void room.entries.push(content),
      };
    },
  },
  {
    name: 'heartbeat',
    weight: 3,
    plan: (world) => {
      const room = world.someRoom(({ entries }) => entries.length > 0);
      const entry = room && world.random.pick(room.entries);
      if (!entry) return undefined;
      return { asked: { method: 'POST', path: `${world.product.path}/sessions/${room.sid}/entries/${entry.entryId}/heartbeat`, bearer: entry.accessToken } };
    },
  },
  {
    name: 'leave',
    weight: 5,
    plan: (world) => {
      const room = world.someRoom(({ entries }) => entries.length > 0);
      const entry = room && world.random.pick(room.entries);
      if (!entry) return undefined;
      return {
        asked: { method: 'DELETE', path: `${world.product.path}/sessions/${room.sid}/entries/${entry.entryId}`, bearer: entry.accessToken },
        fact: `entry ${entry.entryId} left`,
        after: () => void room.entries.splice(room.entries.indexOf(entry), 1),
      };
    },
  },
  {
    name: 'end session',
    weight: 2,
    plan: (world) => {
      const room = world.someRoom(({ entries }) => entries.length > 1);
      if (!room) return undefined;
      const { sid } = room;
      return {
        asked: { method: 'DELETE', path: `${world.product.path}/sessions/${sid}` },
        fact: `session ${sid} ended`,
        after: () => Object.assign(room, { sid: `${room.ref}-${world.newName()}`, entries: [] }),
      };
    },
  },
];
