import { randomBytes } from 'node:crypto';
import { active, callFilter, clientFields, jtiOf, limits, passwordOf, ringOf, UsageError, whole } from './fields.mjs';

export const options = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  org: { type: 'string' },
  name: { type: 'string' },
  enable: { type: 'boolean' },
  disable: { type: 'boolean' },
  'calls-per-user': { type: 'string' },
  'ongoing-calls': { type: 'string' },
  'grant-type': { type: 'string', multiple: true },
  'redirect-uri': { type: 'string', multiple: true },
  scope: { type: 'string', multiple: true },
  'click-to-call': { type: 'string' },
  'query-token': { type: 'string' },
  'auth-method': { type: 'string' },
  jwks: { type: 'string' },
  overlap: { type: 'string' },
  password: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  compromised: { type: 'boolean' },
  username: { type: 'string' },
  client: { type: 'string' },
  number: { type: 'string' },
  status: { type: 'string' },
  state: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
};

/** A page of a list has so many. */
const PAGE = 200;

async function all({ request }, path, query = {}) {
  const items = [];
  let after;
  do {
    const page = await request('GET', `${path}?${new URLSearchParams({ ...query, limit: PAGE, ...(after ? { after } : {}) })}`);
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
}

function orgOf({ defaultOrg }, { org = defaultOrg }) {
  if (!org) throw new UsageError('Say for which organisation: --org <id>.');
  return `orgs/${encodeURIComponent(org)}`;
}

const at = (path, id) => `${path}/${encodeURIComponent(id)}`;

/** Tells the password, where it was made here: nobody else can. */
async function createUser(connection, username, values) {
  const given = passwordOf(values);
  const password = given ?? randomBytes(15).toString('base64url');
  const user = await connection.request('POST', `${orgOf(connection, values)}/users`, { username, password });
  return given === undefined ? { ...user, password } : user;
}

/** Every chain that the token reaches, or the one. */
async function verifyChains(connection, { org }) {
  const orgs = org ? [org] : [...(await all(connection, 'orgs')).map(({ orgId }) => orgId), 'system'];
  const verdicts = [];
  for (const each of orgs) verdicts.push(await verifyChain(connection, each).catch((error) => unlessForeign(error, each, org)));
  return verdicts.filter(Boolean);
}

/** The chain of the system is the operator's; others verify theirs. */
function unlessForeign(error, each, asked) {
  if (each === 'system' && !asked) return undefined;
  throw error;
}

async function verifyChain({ request }, org) {
  let entries = 0;
  for (let after = 0; ; ) {
    const part = await request('GET', `audit/verify?${new URLSearchParams({ org, after })}`);
    entries += part.entries;
    if (part.next === null) return { org, intact: part.intact, entries, ...(part.fault ? { fault: `entry ${part.fault.number}: ${part.fault.reason}` } : {}) };
    after = part.next;
  }
}

const command = (names, about, run, failed) => ({ names, about, run, failed });

/** By thing and verb: the names that must be given, a line for the help, what it does. */
export const commands = {
  orgs: {
    list: command([], 'every organisation', (c) => all(c, 'orgs')),
    create: command(['name'], 'a new one', (c, [name]) => c.request('POST', 'orgs', { name })),
    get: command(['org'], 'one', (c, [org]) => c.request('GET', at('orgs', org))),
    update: command(['org'], '--name, --enable, --disable, --calls-per-user n|none, --ongoing-calls n|none', (c, [org], v) =>
      c.request('PATCH', at('orgs', org), { name: v.name, active: active(v), limits: limits(v) })),
  },
  clients: {
    list: command([], 'the clients of --org', (c, _, v) => all(c, `${orgOf(c, v)}/clients`)),
    create: command(['name'], 'an API client; with --grant-type, --redirect-uri, --click-to-call, --query-token yes, --scope another; --auth-method none, or private_key_jwt with --jwks <file>', (c, [name], v) =>
      c.request('POST', `${orgOf(c, v)}/clients`, { name, grantTypes: v['grant-type'], tokenEndpointAuthMethod: v['auth-method'], ...clientFields(v) })),
    get: command(['client'], 'one', (c, [id], v) => c.request('GET', at(`${orgOf(c, v)}/clients`, id))),
    update: command(['client'], '--name, --redirect-uri, --click-to-call, --query-token yes|no, --scope, --jwks <file>, --enable, --disable, --calls-per-user n|none', (c, [id], v) =>
      c.request('PATCH', at(`${orgOf(c, v)}/clients`, id), { name: v.name, active: active(v), limits: limits(v), ...clientFields(v) })),
    'rotate-secret': command(['client'], 'a new secret; the old one goes on for --overlap seconds (86400)', (c, [id], v) =>
      c.request('POST', `${at(`${orgOf(c, v)}/clients`, id)}/rotate-secret`, v.overlap === undefined ? {} : { overlapSeconds: whole(v.overlap, 'overlap') })),
  },
  users: {
    list: command([], 'the users of --org', (c, _, v) => all(c, `${orgOf(c, v)}/users`)),
    create: command(['username'], 'with --password-stdin or --password, else with a password that is made and shown', (c, [username], v) => createUser(c, username, v)),
    get: command(['user'], 'one, by id', (c, [id], v) => c.request('GET', at(`${orgOf(c, v)}/users`, id))),
    status: command(['user'], 'what calls one has and may have, by id or username', (c, [id], v) => c.request('GET', `${at(`${orgOf(c, v)}/users`, id)}/status`)),
    update: command(['user'], '--password-stdin, --password, --enable, --disable, --calls-per-user n|none', (c, [id], v) =>
      c.request('PATCH', at(`${orgOf(c, v)}/users`, id), { password: passwordOf(v), active: active(v), limits: limits(v) })),
  },
  calls: {
    list: command([], 'placed calls; --org, --username, --client, --number, --status ongoing|ended, --state, --from, --to', (c, _, v) => all(c, 'calls', callFilter(v))),
    get: command(['call'], 'one, by id', (c, [id]) => c.request('GET', at('calls', id))),
    end: command(['call'], 'ends it now', (c, [id]) => c.request('POST', `${at('calls', id)}/end`)),
  },
  'org-tokens': {
    list: command([], 'the tokens of --org', (c, _, v) => all(c, `${orgOf(c, v)}/org-tokens`)),
    create: command(['name'], 'a new one; it is shown this once', (c, [name], v) => c.request('POST', `${orgOf(c, v)}/org-tokens`, { name })),
    get: command(['token'], 'one, by id', (c, [id], v) => c.request('GET', at(`${orgOf(c, v)}/org-tokens`, id))),
    revoke: command(['token'], 'ends it for ever', (c, [id], v) => c.request('PATCH', at(`${orgOf(c, v)}/org-tokens`, id), { active: false })),
  },
  tokens: {
    revoke: command(['kind', 'id'], 'ends tokens: kind is token, grant, client or user; of a token or grant the id is an access token or its jti', (c, [kind, id], v) =>
      c.request('POST', `${orgOf(c, v)}/revocations`, { kind, id: ['token', 'grant'].includes(kind) ? jtiOf(id) : id })),
    'revoke-all': command([], 'ends every token of --org', (c, _, v) => c.request('POST', `${orgOf(c, v)}/revocations`, { kind: 'org' })),
  },
  keys: {
    rotate: command(['ring'], 'begins to replace the key that signs access or entry tokens; with --compromised at once, and its tokens end', (c, [ring], v) =>
      c.request('POST', `keys/${ringOf(ring)}/rotate`, { compromised: v.compromised ?? false })),
  },
  settings: {
    get: command([], 'what holds for every organisation', (c) => c.request('GET', 'settings')),
    update: command([], '--calls-per-user n|none, --ongoing-calls n|none', (c, _, v) => c.request('PATCH', 'settings', { limits: limits(v) })),
  },
  audit: {
    list: command([], 'who did what, when, from where; of --org, else of all', (c, _, v) => all(c, 'audit', v.org ? { org: v.org } : {})),
    verify: command([], 'whether the log of --org, else every log, is as it was written; fails if one is not', (c, _, v) => verifyChains(c, v), (verdicts) =>
      verdicts.some(({ intact }) => !intact)),
  },
};

/** Everything, or about one thing. */
export function help(thing) {
  const shown = thing && commands[thing] ? { [thing]: commands[thing] } : commands;
  const lines = Object.entries(shown).flatMap(([name, verbs]) =>
    Object.entries(verbs).map(([verb, { names, about }]) => `  ${`${name} ${verb} ${names.map((each) => `<${each}>`).join(' ')}`.padEnd(34)} ${about}`));
  return `npm run parley -- <thing> <verb> [...]

${lines.join('\n')}

  --org <id>   of which organisation; the demo's unless said
  --json       for programs: the answer as JSON, lists whole
  --help

It talks to the local stack. PARLEY_URL and PARLEY_ADMIN_TOKEN name another Parley; PARLEY_DATA_DIR another local one.
Exit code: 0 done, 1 refused or not intact, 2 not understood.
`;
}
