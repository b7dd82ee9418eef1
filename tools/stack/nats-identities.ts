import { nkeys } from '@nats-io/transport-node';
import * as contracts from '@parley/dto';
import { canaryDurableOf, durableWishOf, type EventContract, type LiveContract, type Owner, owners, pokeOf, refillOf, type RpcContract, type Service, streamOf, streamWishOf } from '@parley/dto';
import { keptSecret } from './secrets.js';
import { serviceNamed, serviceNames, type ServiceName } from './services.js';

/** What one who connects to NATS may do there. Subjects; `>` stands for the rest of one. */
export interface Permissions {
  publish: string[];
  subscribe: string[];
  /** Answer requests that arrive, on the inbox that the request names, within so many seconds. */
  answers?: number;
}

export interface NatsIdentity {
  name: string;
  /** Public, begins with U. */
  nkey: string;
  permissions: Permissions;
}

export interface Listener {
  /** Also the first part of the names of its durables, and of its inboxes. */
  name: string;
  /** Whose events it hears. */
  consumes: readonly Owner[];
}

type Contract = RpcContract | EventContract | LiveContract;
const isContract = (value: unknown): value is Contract => typeof value === 'object' && value !== null && 'subject' in value && 'owner' in value;
const all: Contract[] = (Object.values(contracts) as unknown[]).filter(isContract);
const requests = all.filter((contract) => contract.type === 'rpc');
const events = all.filter((contract) => contract.type === 'event');
const hints = all.filter((contract) => contract.type === 'live');

/** Seconds: little more than the 2 that a request has. */
const REQUEST_S = 3;
/** Seconds: JetStream is asked behind it. */
const WISH_S = 10;

/** As in the subjects of its messages. */
export const shortNameOf = (name: ServiceName): Service => serviceNamed(name).database ?? 'gateway';

/** A NATS_URL that names the files with the identities to come as, with requests and with events. */
export const natsUrlWith = (url: string, file: string, eventsFile?: string): string =>
  `${url}?identity=${encodeURIComponent(file)}${eventsFile === undefined ? '' : `&events=${encodeURIComponent(eventsFile)}`}`;

/**
 * As whom a service comes: with requests under its own name, with events, if it has any, under another. Not only to let each do less: of
 * a connection that may answer, the server remembers every message that names a place to answer to, as each event does for its
 * acknowledgement, and once there are 4,096 it looks through all of them with every further one.
 */
export function identitiesOf(name: ServiceName): Record<string, Permissions> {
  const { database: owner, consumes } = serviceNamed(name);
  const service = shortNameOf(name);
  return { [service]: permissionsForRequests(service, owner), ...(owner ? { [eventsNameOf(service)]: permissionsForEvents(owner, consumes) } : {}) };
}

export const eventsNameOf = (name: string): string => `${name}-events`;

/** By the contracts: a service asks what names it as a caller, answers what it owns, and gives its own hints. */
function permissionsForRequests(service: Service, owner: Owner | undefined): Permissions {
  const asked = requests.filter(({ callers }) => callers.includes(service));
  return {
    publish: [...asked, ...hints.filter((hint) => hint.owner === owner)].map(({ subject }) => subject),
    subscribe: [...[...requests.filter((request) => request.owner === owner), ...hints].map(({ subject }) => subject), `${inboxOf(service)}.>`],
    ...(owner === undefined ? {} : { answers: REQUEST_S }),
  };
}

/** It tells its own events, and hears those it consumes. */
function permissionsForEvents(owner: Owner, consumes: readonly Owner[]): Permissions {
  const durables = permissionsOfListener({ name: owner, consumes }).publish;
  return { publish: [...teller(owner), ...durables], subscribe: [pokeOf(owner), refillOf(owner), `${inboxOf(eventsNameOf(owner))}.>`] };
}

/** Of a service that only hears events, somebody else's for example. */
export function permissionsOfListener({ name, consumes }: Listener): Permissions {
  return { publish: consumes.flatMap((owner) => [refillOf(owner), ...durable(owner, `${name}__${owner}`)]), subscribe: [`${inboxOf(name)}.>`] };
}

export const inboxOf = (name: string): string => `_INBOX_${name}`;

/** The relay is the only one who writes the owner's stream, and asks for it where it is lost; its canary has a durable there. */
function teller(owner: Owner): string[] {
  const told = events.filter((event) => event.owner === owner).map(({ subject }) => subject);
  return [...told, pokeOf(owner), streamWishOf(owner), `$JS.API.CONSUMER.LIST.${streamOf(owner)}`, ...durable(owner, canaryDurableOf(owner))];
}

/** One durable on the stream of an owner: asked for, read and acknowledged under its own name only. */
function durable(owner: Owner, name: string): string[] {
  const place = `${streamOf(owner)}.${name}`;
  return [durableWishOf(owner, name), `$JS.API.STREAM.INFO.${streamOf(owner)}`, ...['INFO', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${place}`), `$JS.ACK.${place}.>`];
}

/** The stream maker makes and removes, and reads nothing. */
const maker = (owner: Owner): string[] => [
  ...['INFO', 'CREATE', 'UPDATE', 'DELETE'].map((verb) => `$JS.API.STREAM.${verb}.${streamOf(owner)}`),
  ...['CREATE', 'DELETE'].map((verb) => `$JS.API.CONSUMER.${verb}.${streamOf(owner)}.>`),
];

export const makerName = 'deploy';
export const makerIdentity: Readonly<Record<string, Permissions>> = {
  [makerName]: { publish: owners.flatMap(maker), subscribe: ['make.>', `${inboxOf(makerName)}.>`], answers: WISH_S },
};

/** Everybody of Parley's own. */
export const systemIdentities = (): Record<string, Permissions> => Object.assign({}, makerIdentity, ...serviceNames.map(identitiesOf)) as Record<string, Permissions>;

/** The key of an identity, made on first use: a file of one line, its name and its secret seed. */
function keptIdentity(file: string, name: string, permissions: Permissions): NatsIdentity {
  const line = keptSecret(file, () => `${name} ${new TextDecoder().decode(nkeys.createUser().getSeed())}`);
  const seed = new TextEncoder().encode(line.split(' ')[1]);
  return { name, nkey: nkeys.fromSeed(seed).getPublicKey(), permissions };
}

/** The same for several, by their names. */
export const keptIdentities = (identities: Readonly<Record<string, Permissions>>, fileOf: (name: string) => string): NatsIdentity[] =>
  Object.entries(identities).map(([name, permissions]) => keptIdentity(fileOf(name), name, permissions));

/** For the configuration of a server: everybody who may come, or the one secret of those who may do everything. */
export function authorization(access: readonly NatsIdentity[] | string): string {
  const who = typeof access === 'string' ? `token: ${JSON.stringify(access)}` : usersOf(access);
  return `authorization {\n  timeout: 10 # seconds; the default of 2 is too short for a process that is busy with its start\n  ${who}\n}`;
}

function usersOf(identities: readonly NatsIdentity[]): string {
  const users = identities.map(({ name, nkey, permissions: { publish, subscribe, answers } }) =>
    [
      `    # ${name}`,
      `    { nkey: ${nkey}, permissions: {`,
      `      publish: { allow: ${JSON.stringify(publish)} }, subscribe: { allow: ${JSON.stringify(subscribe)} }${answers === undefined ? '' : `, allow_responses: { max: 4, expires: "${answers}s" }`}`,
      '    } }',
    ].join('\n'),
  );
  return `users: [\n${users.join('\n')}\n  ]`;
}
