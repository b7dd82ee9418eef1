import { type Call, drop, type Entry, type Flow, newRoom, type Resource } from '../world.js';

/** The limit of a user who has no other. */
const MOST = 2;

interface Shown {
  items: { id: string; number: string }[];
}
interface Placed {
  callId: string;
  sessionId: string;
  parties: { entry_url: string | null }[];
}

const handleIn = (location: string): string => new URL(location).searchParams.get('token_call') ?? '';

/** Who missed the answer to a call that was placed finds it here. */
const known = (calls: Call[], found: readonly { info: { number: string; token: string } }[]): Call[] =>
  found.map(({ info: { number, token } }) => calls.find((call) => call.token === token) ?? { number, token });

/** Calls of a person, placed and stopped by an application, and entered by who is called. */
export const callFlows: readonly Flow[] = [
  {
    name: 'place call',
    weight: 4,
    plan: (world) => {
      if (world.calls.length >= MOST) return undefined;
      const number = world.newName();
      return {
        asked: { method: 'POST', path: '/rest/call', bearer: world.caller.accessToken, data: { number } },
        fact: `call ${number} placed`,
        learn: (_: never, location: string) => void world.calls.push({ number, token: handleIn(location) }),
      };
    },
  },
  {
    name: 'stop call',
    weight: 2,
    plan: (world) => {
      const call = world.random.pick(world.calls);
      if (!call) return undefined;
      return {
        asked: { method: 'PUT', path: `/rest/call?token_call=${call.token}`, bearer: world.caller.accessToken },
        fact: `call ${call.number} stopped`,
        after: () => drop(world.calls, call),
      };
    },
  },
  {
    name: 'end call of somebody',
    weight: 1,
    plan: (world) => {
      const call = world.random.pick(world.calls.filter(({ callId }) => callId !== undefined));
      if (!call) return undefined;
      return {
        asked: { method: 'POST', path: `/admin/v1/calls/${call.callId}/end`, bearer: world.product.adminToken }, // it may be over already, and nothing told
        after: () => drop(world.calls, call),
      };
    },
  },
  {
    name: 'list calls',
    weight: 1,
    plan: (world) => ({
      asked: { method: 'GET', path: '/rest/call', bearer: world.caller.accessToken },
      learn: (found: Parameters<typeof known>[1]) => void (world.calls = known(world.calls, found)),
    }),
  },
  {
    name: 'show call',
    weight: 3,
    plan: (world) => {
      const call = world.random.pick(world.calls.filter(({ callId }) => callId === undefined));
      if (!call) return undefined;
      return {
        asked: { method: 'GET', path: `/admin/v1/calls?org=${world.product.org.orgId}&number=${call.number}`, bearer: world.product.adminToken },
        learn: ({ items }: Shown) => Object.assign(call, { callId: items[0]?.id }),
      };
    },
  },
  {
    name: 'invite to call',
    weight: 4,
    plan: (world) => {
      const call = world.random.pick(world.calls.filter(({ callId, link }) => callId !== undefined && link === undefined));
      if (!call) return undefined;
      return {
        asked: { method: 'GET', path: `${world.product.path}/calls/${call.callId}` },
        learn: ({ content }: Resource<Placed>) => Object.assign(call, { link: content.parties[1]?.entry_url ?? undefined, room: newRoom(content.sessionId) }),
      };
    },
  },
  {
    name: 'answer call',
    weight: 6,
    plan: (world) => {
      const call = world.random.pick(world.calls.filter(({ link, answered }) => link !== undefined && !answered));
      if (!call?.link || !call.room) return undefined;
      const { room } = call;
      return {
        asked: { method: 'GET', path: new URL(call.link).pathname, bearer: '' },
        fact: `entry ${call.number} granted`,
        learn: ({ content }: Resource<Entry>) => void room.entries.push(content),
        after: () => (call.answered = true),
      };
    },
  },
];
