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
const presence = ['session-started', 'entry-granted', 'role-changed', 'participant-left', 'session-ended'].map((noun) => `evt.session.${noun}.v1`);
const actsOf = (owner: Owner): string[] => [`evt.${owner}.act-recorded.v1`];

export const listeners: readonly Listener[] = [
  { consumer: 'session__subscription', schema: 'session', from: 'subscription', subjects: subscriptions },
  { consumer: 'call__subscription', schema: 'call', from: 'subscription', subjects: subscriptions },
  { consumer: 'call__session', schema: 'call', from: 'session', subjects: presence },
  { consumer: 'session__call', schema: 'session', from: 'call', subjects: ['evt.call.call-placed.v1', 'evt.call.call-ended.v1'] },
  { consumer: 'call__auth', schema: 'call', from: 'auth', subjects: ['evt.auth.call-rule-changed.v1'] },
  { consumer: 'auth__auth', schema: 'auth', from: 'auth', subjects: actsOf('auth') },
  { consumer: 'auth__session', schema: 'auth', from: 'session', subjects: actsOf('session') },
  { consumer: 'auth__call', schema: 'auth', from: 'call', subjects: actsOf('call') },
  { consumer: 'witness__auth', schema: 'witness', from: 'auth' },
  { consumer: 'witness__subscription', schema: 'witness', from: 'subscription' },
  { consumer: 'witness__session', schema: 'witness', from: 'session' },
  { consumer: 'witness__call', schema: 'witness', from: 'call' },
];
