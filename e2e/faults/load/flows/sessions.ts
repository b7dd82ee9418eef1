import { drop, type Flow, type World } from '../world.js';

const pathOf = ({ product }: World, sid: string): string => `${product.path}/sessions/${encodeURIComponent(sid)}`;

/** What people in sessions do, by whichever door they came. */
export const sessionFlows: readonly Flow[] = [
  {
    name: 'heartbeat',
    weight: 3,
    plan: (world) => {
      const room = world.random.pick(world.inhabited());
      const entry = room && world.random.pick(room.entries);
      if (!entry) return undefined;
      return { asked: { method: 'POST', path: `${pathOf(world, room.sid)}/entries/${entry.entryId}/heartbeat`, bearer: entry.accessToken } };
    },
  },
  {
    name: 'leave',
    weight: 6,
    plan: (world) => {
      const room = world.random.pick(world.inhabited());
      const entry = room && world.random.pick(room.entries);
      if (!entry) return undefined;
      return {
        asked: { method: 'DELETE', path: `${pathOf(world, room.sid)}/entries/${entry.entryId}`, bearer: entry.accessToken },
        fact: `entry ${entry.entryId} left`,
        after: () => drop(room.entries, entry),
      };
    },
  },
  {
    name: 'end session',
    weight: 2,
    plan: (world) => {
      const calls = world.calls.map(({ room }) => room);
      const room = world.random.pick(world.inhabited().filter((each) => each.entries.length > 1 && !calls.includes(each)));
      if (!room) return undefined;
      return {
        asked: { method: 'DELETE', path: pathOf(world, room.sid) },
        fact: `session ${room.sid} ended`,
        after: () => Object.assign(room, { entries: [], over: true }),
      };
    },
  },
];
