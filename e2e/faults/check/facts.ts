/** What an event says that happened. */
export interface Fact {
  /** In the words that a flow uses for what it writes. */
  what: string;
  /** That of which there can be one only; two events with the same are one effect too many. */
  once: string;
  /** Nobody has to have asked for it: it follows from something else, or from time. */
  byItself: boolean;
}

/** `aggregate` of the event and its `data`. */
export interface Told {
  type: string;
  aggregate: string;
  data: Record<string, unknown>;
}

type Reader = (data: Record<string, string>, told: Told) => Fact;

const ofAggregate = (what: string, aggregate: string, did: string, byItself = false): Fact => ({ what, once: `${aggregate} ${did}`, byItself });
const asked = (what: string): Fact => ({ what, once: what, byItself: false });
const itself = (what: string): Fact => ({ what, once: what, byItself: true });
const secondsOf = (instant: string | undefined): number => Math.floor(Date.parse(instant ?? '') / 1_000);
const isOfCall = (sid: string | undefined): boolean => sid?.startsWith('call:') === true;
const longest = ({ data }: Told): number | undefined => (data['sessions'] as { maxDuration?: number }).maxDuration;
const declared = (reason: string | undefined): boolean => reason === 'left' || reason === 'removed';

/** Acts that the load asks for; all others are done before it begins. */
const acts: Record<string, (target: { id: string }, details: { name?: string }) => string | undefined> = {
  'client.created': (_, { name = '' }) => (name.startsWith('client ') ? `${name} registered` : undefined),
  'client.disabled': ({ id }) => `client ${id} disabled`,
};

const act: Reader = (data, { aggregate, data: { target, details } }) => {
  const asks = acts[data['act'] ?? '']?.(target as { id: string }, details as { name?: string });
  return asks === undefined ? itself(`act ${aggregate}`) : ofAggregate(asks, aggregate, 'told');
};

/** One row for each event that the load brings about, but the one below. */
const readers: Record<string, Reader> = {
  'evt.auth.act-recorded.v1': act,
  'evt.call.act-recorded.v1': act,
  'evt.auth.call-rule-changed.v1': (data) => asked(`calls of the ${data['kind']} limited to ${data['ongoingCalls']}`),
  'evt.subscription.subscription-created.v1': (data, { aggregate }) => ofAggregate(`subscription ${data['ref']} created`, aggregate, 'created'),
  'evt.subscription.subscription-removed.v1': (data, { aggregate }) => ofAggregate(`subscription ${data['ref']} removed`, aggregate, 'removed'),
  'evt.session.session-started.v1': (data, { aggregate }) => ofAggregate(`session ${data['sid']} started`, aggregate, 'started', true),
  'evt.session.entry-granted.v1': (data) => ({ ...asked(`entry ${data['name']} granted`), once: `entry ${data['entryId']} granted` }),
  'evt.session.role-changed.v1': (data) => asked(`entry ${data['entryId']} is ${data['role']}`),
  'evt.session.participant-left.v1': (data) => ({ ...asked(`entry ${data['entryId']} left`), byItself: !declared(data['reason']) }),
  'evt.session.session-ended.v1': (data, { aggregate }) => ofAggregate(`session ${data['sid']} ended`, aggregate, 'ended', data['reason'] !== 'ended' || isOfCall(data['sid'])),
  'evt.session.alias-created.v1': (data, { aggregate }) => ofAggregate(`alias ${data['name']} created`, aggregate, 'created'),
  'evt.session.org-settings-changed.v1': (_, told) => asked(`all sessions limited to ${longest(told)} s`),
  'evt.session.session-settings-changed.v1': (data, told) => asked(`session ${data['sid']} limited to ${longest(told)} s`),
  'evt.session.person-banned.v1': (data) => asked(`ban ${data['reason']} made`),
  'evt.session.ban-lifted.v1': (data, { aggregate }) => ofAggregate(`ban ${data['banId']} lifted`, aggregate, 'lifted'),
  'evt.session.session-scheduled.v1': (data, { aggregate }) => ofAggregate(`plan ${data['name']} made`, aggregate, 'made'),
  'evt.session.session-rescheduled.v1': (data) => asked(`plan ${data['name']} moved`),
  'evt.session.session-cancelled.v1': (data) => asked(`plan ${data['sid']} cancelled`),
  'evt.session.participant-invited.v1': (data) => ({ ...asked(`invitation ${data['name']} made`), once: `invitation ${data['participantId']} made` }),
  'evt.session.invitation-changed.v1': (data) => asked(`invitation ${data['participantId']} is ${data['role']}`),
  'evt.session.invitation-withdrawn.v1': (data) => asked(`invitation ${data['participantId']} withdrawn`),
  'evt.session.alias-updated.v1': (data) => asked(`alias ${data['name']} renamed`),
  'evt.session.alias-deleted.v1': (data, { aggregate }) => ofAggregate(`alias ${data['aliasId']} deleted`, aggregate, 'deleted'),
  'evt.session.alias-joined.v1': (data) => itself(`entry ${data['entryId']} by alias ${data['aliasId']}`),
  'evt.session.opentok-session-created.v1': (data) => asked(`OpenTok session of ${data['sid']} created`),
  'evt.session.opentok-token-issued.v1': (data) => asked(`OpenTok token of ${data['sid']} until ${secondsOf(data['expiresAt'])} issued`),
  'evt.call.call-placed.v1': (data) => asked(`call ${data['number']} placed`),
  'evt.call.call-state-changed.v1': (data, { aggregate }) => itself(`${aggregate} ${data['state']}`),
};

const END_OF_CALL = 'evt.call.call-ended.v1';
const isEndOfCall = ({ type }: Told): boolean => type === END_OF_CALL;

/** What the load brings about. */
export const broughtAbout: readonly string[] = [...Object.keys(readers), END_OF_CALL];

const canary = 'a service tells it to itself only, with no load at all';
/** What it does not, and why. */
export const notBroughtAbout: Readonly<Record<string, string>> = {
  'evt.auth.canary-sent.v1': canary,
  'evt.subscription.canary-sent.v1': canary,
  'evt.session.canary-sent.v1': canary,
  'evt.call.canary-sent.v1': canary,
  'evt.session.act-recorded.v1': 'the keys of entry tokens are of no org; auth-service hears it as it hears the acts of call-service',
  'evt.session.alias-expired.v1': 'time alone brings it',
};

/** The end of a call names no number, its beginning does. */
function endOfCall({ aggregate, data }: Told, numbers: Map<string, unknown>): Fact {
  return ofAggregate(`call ${String(numbers.get(aggregate))} stopped`, aggregate, 'ended', data['reason'] !== 'stopped');
}

/** Events that this load does not bring about are no facts. */
export function factsIn(events: readonly Told[]): Fact[] {
  const numbers = new Map(events.flatMap(({ aggregate, data }) => ('number' in data ? [[aggregate, data['number']] as const] : [])));
  return events.flatMap((told) => (isEndOfCall(told) ? endOfCall(told, numbers) : (readers[told.type]?.(told.data as Record<string, string>, told) ?? [])));
}
