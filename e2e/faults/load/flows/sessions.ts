import { drop, type Flow, type Resource } from '../world.js';

/** What people in sessions do and what is done to them, by whichever door they came. */
export const sessionFlows: readonly Flow[] = [
  {
    name: 'heartbeat',
    weight: 3,
    plan: (world) => {
      const found = world.someone();
      if (!found) return undefined;
      const { room, entry } = found;
      return { asked: { method: 'POST', path: `${world.pathOf(room)}/entries/${entry.entryId}/heartbeat`, bearer: entry.accessToken } };
    },
  },
  {
    name: 'leave',
    weight: 6,
    plan: (world) => {
      const found = world.someone();
      if (!found) return undefined;
      const { room, entry } = found;
      return {
        asked: { method: 'DELETE', path: `${world.pathOf(room)}/entries/${entry.entryId}`, bearer: entry.accessToken },
        fact: `entry ${entry.entryId} left`,
        after: () => drop(room.entries, entry),
      };
    },
  },
  {
    name: 'change role',
    weight: 2,
    plan: (world) => {
      const found = world.someone(({ role }) => role === 'guest');
      if (!found) return undefined;
      const { room, entry } = found;
      return {
        asked: { method: 'PATCH', path: `${world.pathOf(room)}/entries/${entry.entryId}`, data: { role: 'owner' } },
        fact: `entry ${entry.entryId} is owner`,
        after: () => (entry.role = 'owner'),
      };
    },
  },
  {
    name: 'ban',
    weight: 1,
    plan: (world) => {
      const found = world.someone();
      if (!found) return undefined;
      const { room, entry } = found;
      const reason = world.newName();
      return {
        asked: { method: 'POST', path: `${world.product.path}/bans`, data: { entryId: entry.entryId, reason } },
        fact: `ban ${reason} made`,
        learn: ({ content }: Resource<{ banId: string }>) => void world.bans.push(content.banId),
        after: () => drop(room.entries, entry),
      };
    },
  },
  {
    name: 'lift ban',
    weight: 1,
    plan: (world) => {
      const banId = world.random.pick(world.bans);
      if (banId === undefined) return undefined;
      return {
        asked: { method: 'DELETE', path: `${world.product.path}/bans/${banId}` },
        fact: `ban ${banId} lifted`,
        after: () => drop(world.bans, banId),
      };
    },
  },
  {
    name: 'limit all sessions',
    weight: 1,
    plan: (world) => {
      const maxDuration = world.newNumber();
      return {
        asked: { method: 'PATCH', path: `${world.product.path}/settings`, data: { sessions: { maxDuration } } },
        fact: `all sessions limited to ${maxDuration} s`,
      };
    },
  },
  {
    name: 'limit session',
    weight: 1,
    plan: (world) => {
      const room = world.random.pick(world.inhabited());
      if (!room) return undefined;
      const maxDuration = world.newNumber();
      return {
        asked: { method: 'PATCH', path: `${world.pathOf(room)}/settings`, data: { sessions: { maxDuration } } },
        fact: `session ${room.sid} limited to ${maxDuration} s`,
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
        asked: { method: 'DELETE', path: world.pathOf(room) },
        fact: `session ${room.sid} ended`,
        after: () => Object.assign(room, { entries: [], over: true }),
      };
    },
  },
];
