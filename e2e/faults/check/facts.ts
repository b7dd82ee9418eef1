/** What an event says that happened. */
export interface Fact {
  /** In the words that an operation uses for what it writes. */
  what: string;
  /** That of which there can be one only; two events with the same are one effect too many. */
  once: string;
  /** Nobody has to have asked for it: it follows from something else, or from time. */
  byItself: boolean;
}

/** `subject` of the envelope and its `data`. */
export type Told = { subject: string; data: Record<string, string> };

const declared = (reason: string | undefined): boolean => reason === 'left' || reason === 'removed';

/** One row for each event that the load can bring about. */
const factOf: Record<string, (told: Told) => Fact> = {
  'evt.subscription.subscription-created.v1': ({ subject, data }) => ({ what: `subscription ${data['ref']} created`, once: `${subject} created`, byItself: false }),
  'evt.subscription.subscription-removed.v1': ({ subject, data }) => ({ what: `subscription ${data['ref']} removed`, once: `${subject} removed`, byItself: false }),
  'evt.session.session-started.v1': ({ subject, data }) => ({ what: `session ${data['sid']} started`, once: `${subject} started`, byItself: true }),
  'evt.session.entry-granted.v1': ({ data }) => ({ what: `entry ${data['name']} granted`, once: `entry ${data['entryId']} granted`, byItself: false }),
  'evt.session.participant-left.v1': ({ data }) => ({ what: `entry ${data['entryId']} left`, once: `entry ${data['entryId']} left`, byItself: !declared(data['reason']) }),
  'evt.session.session-ended.v1': ({ subject, data }) => ({ what: `session ${data['sid']} ended`, once: `${subject} ended`, byItself: data['reason'] !== 'ended' }),
};

/** Undefined for an event that this load does not bring about. */
export function factIn(type: string, told: Told): Fact | undefined {
  return factOf[type]?.(told);
}
