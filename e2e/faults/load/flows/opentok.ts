import { type Entry, type Flow, hasSpace, newRoom, type Resource } from '../world.js';

const MOST = 2;
const HOUR_S = 3_600;

/** Sessions and tokens of OpenTok, and clients that connect with them. */
export const opentokFlows: readonly Flow[] = [
  {
    name: 'make OpenTok session',
    weight: 1,
    plan: (world) => {
      world.opentok = world.opentok.filter(({ room }) => !room.over);
      if (world.opentok.length >= MOST) return undefined;
      const sid = world.newName();
      return {
        asked: { method: 'POST', path: '/session', data: { mediaMode: 'relayed', sid } },
        fact: `OpenTok session of ${sid} created`,
        learn: ({ id }: { id: string }) => void world.opentok.push({ id, room: newRoom(sid), tokens: [], issued: 0 }),
      };
    },
  },
  {
    name: 'issue OpenTok token',
    weight: 2,
    plan: (world) => {
      const session = world.random.pick(world.opentok.filter(({ tokens, room }) => tokens.length < 2 && !room.over));
      if (!session) return undefined;
      session.issued += 1; // each ends at another second: that is how it is known again
      const expiresAt = Math.floor(Date.now() / 1_000) + session.issued * HOUR_S;
      return {
        asked: { method: 'POST', path: `/session/${session.id}/access`, data: { role: 'publisher', expiresAt } },
        fact: `OpenTok token of ${session.room.sid} until ${expiresAt} issued`,
        learn: ({ token }: { token: string }) => void session.tokens.push(token),
      };
    },
  },
  {
    name: 'enter by OpenTok token',
    weight: 3,
    plan: (world) => {
      const session = world.random.pick(world.opentok.filter((each) => each.tokens.length > 0 && hasSpace(each)));
      const token = session?.tokens.pop();
      if (!session || token === undefined) return undefined;
      const name = world.newName();
      return {
        asked: { method: 'POST', path: `/session/${session.id}/connect`, bearer: '', data: { token, name } },
        fact: `entry ${name} granted`,
        learn: ({ content }: Resource<Entry>) => void session.room.entries.push(content),
      };
    },
  },
];
