import { signed } from '../product.js';
import { type Alias, drop, type Entry, type Flow, hasSpace, newRoom, type Resource, type World } from '../world.js';

const MOST = 2;
const HOUR_S = 3_600;
const inAnHour = (): number => Math.floor(Date.now() / 1_000) + HOUR_S;

/** What somebody shows at the door of an alias. */
type Shown = (alias: Alias) => { query: string; bearer: string };

const byPasscode: Shown = ({ passcode }) => ({ query: `?passcode=${passcode}`, bearer: '' });
const byJwt: Shown = ({ id, jwtSecret }) => ({ query: '', bearer: signed({ alias: id, iat: Math.floor(Date.now() / 1_000), expires_in: inAnHour() }, jwtSecret) });

function join(shown: Shown, world: World): ReturnType<Flow['plan']> {
  const alias = world.random.pick(world.aliases.filter(hasSpace));
  if (!alias) return undefined;
  const { query, bearer } = shown(alias);
  const name = `alias ${world.newName()}`;
  return {
    asked: { method: 'POST', path: `/api/v1/alias/${alias.id}/join${query}`, bearer, data: { name } },
    fact: `entry ${name} granted`,
    learn: ({ content }: Resource<Entry>) => void alias.room.entries.push(content),
  };
}

/** Short names for sessions come and go, and people enter by what they know or were given. */
export const aliasFlows: readonly Flow[] = [
  {
    name: 'make alias',
    weight: 2,
    plan: (world) => {
      if (world.aliases.length >= MOST) return undefined;
      const [name, passcode, jwtSecret] = [world.newName(), world.newName(), world.newName()];
      return {
        asked: { method: 'POST', path: '/organization/api/v1/alias/create', data: { type: 'conference', expired_at: inAnHour(), name, passcode, jwt_secret: jwtSecret } },
        fact: `alias ${name} created`,
        learn: ({ data: { id } }: { data: { id: string } }) => void world.aliases.push({ id, passcode, jwtSecret, room: newRoom(id) }),
      };
    },
  },
  { name: 'enter by passcode', weight: 2, plan: (world) => join(byPasscode, world) },
  { name: 'enter by alias JWT', weight: 2, plan: (world) => join(byJwt, world) },
  {
    name: 'rename alias',
    weight: 1,
    plan: (world) => {
      const alias = world.random.pick(world.aliases);
      if (!alias) return undefined;
      const name = world.newName();
      return { asked: { method: 'POST', path: `/organization/api/v1/alias/update/${alias.id}`, data: { name } }, fact: `alias ${name} renamed` };
    },
  },
  {
    name: 'delete alias',
    weight: 1,
    plan: (world) => {
      const alias = world.aliases.find(({ room }) => room.over) ?? world.random.pick(world.aliases);
      if (!alias) return undefined;
      return {
        asked: { method: 'DELETE', path: `/organization/api/v1/alias/delete/${alias.id}` },
        fact: `alias ${alias.id} deleted`,
        after: () => drop(world.aliases, alias),
      };
    },
  },
];
