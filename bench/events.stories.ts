import { randomUUID } from 'node:crypto';
import { actRecorded, callActRecorded, callEnded, callPlaced, callRuleChanged, callSid, type DataInputOf, entryGranted, type EventContract, participantLeft, roleChanged, sessionActRecorded, sessionEnded, sessionStarted, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import type { Fact, Tx } from '@parley/persistence';

type About = Omit<Fact<EventContract>, 'data'>;
type Step = (tx: Tx, about: About) => void;

/** All that is told of one thing, in its order. */
export interface Story {
  aggregate: string;
  orgId: string;
  steps: Step[];
}

const step = <C extends EventContract>(contract: C, data: DataInputOf<C>): Step => (tx, about) => tx.emit(contract, { ...about, data });
const minute = (n: number): string => new Date(Date.now() - (60 - n) * 60_000).toISOString();
/** As many organisations as share the events. */
const ORGS = 50;
let things = 0;
const anOrg = (): string => `org-${things++ % ORGS}`;

type Act = typeof actRecorded | typeof callActRecorded | typeof sessionActRecorded;

const act = (contract: Act) => (): Story => {
  const [example] = contract.examples;
  if (!example) throw new Error(`${contract.subject} has no example`);
  return { aggregate: `act/${randomUUID()}`, orgId: anOrg(), steps: [step(contract, { ...example, at: minute(0), target: { ...example.target, id: randomUUID() } })] };
};

/** The limit of a user, set and changed twice. */
function rule(): Story {
  const key = randomUUID();
  const version = (n: number): Step => step(callRuleChanged, { kind: 'user', key, version: n, callsPerUser: n, ongoingCalls: null, username: `person ${key}` });
  return { aggregate: `call-rule/user/${key}`, orgId: anOrg(), steps: [1, 2, 3].map(version) };
}

function subscription(): Story {
  const [subscriptionId, ref] = [randomUUID(), `ref-${things}`];
  const steps = [
    step(subscriptionCreated, { subscriptionId, ref, name: `Dr ${ref}`, startedAt: minute(0), version: 1 }),
    step(subscriptionRemoved, { subscriptionId, ref, endedAt: minute(30), endSessions: false, version: 2 }),
  ];
  return { aggregate: `subscription/${subscriptionId}`, orgId: anOrg(), steps };
}

function call(): Story {
  const callId = randomUUID();
  const ids = { callId, sid: callSid(callId), userId: randomUUID() };
  const steps = [
    step(callPlaced, { ...ids, username: `person ${things}`, clientId: 'bench', number: '+4722225555', autoEnd: false, placedAt: minute(0), expiresAt: minute(240) }),
    step(callEnded, { ...ids, state: 'completed', placedAt: minute(0), answeredAt: minute(1), endedAt: minute(30), reason: 'stopped' }),
  ];
  return { aggregate: `call/${callId}`, orgId: anOrg(), steps };
}

export const entered = (ids: { sessionId: string; sid: string }, role: 'owner' | 'guest', entryId: string = randomUUID()): DataInputOf<typeof entryGranted> => ({
  ...ids, entryId, clientId: 'bench', subscriptionId: randomUUID(), name: `Person ${entryId}`, role, enteredAt: minute(1),
});

/** A session of an owner and guests, one of whom is made an owner, until the last has left. */
const sessionUnder = (sidOf: (id: string) => string, guests: number) => (): Story => {
  const ids = { sessionId: randomUUID(), sid: sidOf(randomUUID()) };
  const people = Array.from({ length: guests + 1 }, (_, n) => entered(ids, n === 0 ? 'owner' : 'guest'));
  const promoted = people.slice(2, 3).map(({ entryId }) => step(roleChanged, { ...ids, entryId, role: 'owner', changedAt: minute(20) }));
  const steps = [
    step(sessionStarted, { ...ids, startedAt: minute(1) }),
    ...people.map((person) => step(entryGranted, person)),
    ...promoted,
    ...people.map(({ entryId }) => step(participantLeft, { ...ids, entryId, leftAt: minute(30), reason: 'left', how: 'declared' })),
    step(sessionEnded, { ...ids, startedAt: minute(1), endedAt: minute(31), reason: 'empty' }),
  ];
  return { aggregate: `session/${ids.sessionId}`, orgId: anOrg(), steps };
};

export const session = sessionUnder((id) => `room-${id}`, 2);
export const sessionOfCall = sessionUnder(callSid, 1);

/** What each consumer hears that it has handlers for. */
export const stories: Readonly<Record<string, () => Story>> = {
  auth__auth: act(actRecorded),
  auth__session: act(sessionActRecorded),
  auth__call: act(callActRecorded),
  session__subscription: subscription,
  session__call: call,
  call__auth: rule,
  call__session: session,
  call__subscription: subscription,
};

/** So many events, of a hundred things at a time that go on beside each other. */
export function toldOf(story: () => Story, count: number): ((tx: Tx) => void)[] {
  const told: ((tx: Tx) => void)[] = [];
  while (told.length < count) {
    const going = Array.from({ length: 100 }, story);
    const longest = Math.max(...going.map(({ steps }) => steps.length));
    for (let n = 0; n < longest; n++) told.push(...going.flatMap((one) => nth(one, n)));
  }
  return told.slice(0, count);
}

const nth = ({ aggregate, orgId, steps }: Story, n: number): ((tx: Tx) => void)[] =>
  steps.slice(n, n + 1).map((emit) => (tx) => emit(tx, { aggregate, sequence: n + 1, orgId }));
