import type { Owner } from '@parley/dto';

/** Who hears what: the name of a durable, where its inbox lies, and the events that must take effect there. */
export interface Listener {
  consumer: string;
  schema: string;
  from: Owner;
  /** Without the owner's prefix; every event of the owner but the canary unless told. */
  subjects?: readonly string[];
}

const subscriptions = ['evt.subscription.subscription-created.v1', 'evt.subscription.subscription-removed.v1'];
const presence = ['session-started', 'entry-granted', 'participant-left', 'session-ended'].map((noun) => `evt.session.${noun}.v1`);

export const listeners: readonly Listener[] = [
  { consumer: 'session__subscription', schema: 'session', from: 'subscription', subjects: subscriptions },
  { consumer: 'call__subscription', schema: 'call', from: 'subscription', subjects: subscriptions },
  { consumer: 'call__session', schema: 'call', from: 'session', subjects: presence },
  { consumer: 'auth__auth', schema: 'auth', from: 'auth', subjects: ['evt.auth.act-recorded.v1'] },
  { consumer: 'witness__auth', schema: 'witness', from: 'auth' },
  { consumer: 'witness__subscription', schema: 'witness', from: 'subscription' },
  { consumer: 'witness__session', schema: 'witness', from: 'session' },
  { consumer: 'witness__call', schema: 'witness', from: 'call' },
];

export const owners: readonly Owner[] = ['auth', 'subscription', 'session', 'call'];
