import type { Limits } from '@parley/dto';

/** What holds where nobody has said otherwise (click-to-call.md, The limit). */
const defaults: Limits = { callsPerUser: 2, ongoingCalls: null };

/** What holds for everyone, whether the operator has set it or not. */
export const effectiveLimits = ({ callsPerUser, ongoingCalls }: Limits): Limits => ({
  callsPerUser: callsPerUser ?? defaults.callsPerUser,
  ongoingCalls: ongoingCalls ?? defaults.ongoingCalls,
});
