import { type BridgeState, type CallEndReason, type CallState, type finalStates, ongoingStates } from '@parley/dto';
import { callOver, reportLate } from './calls.errors.js';

export type OngoingState = (typeof ongoingStates)[number];
export type FinalState = (typeof finalStates)[number];

export const isOngoing = (state: CallState): state is OngoingState => ongoingStates.some((each) => each === state);

const beforeAnswer = ['busy', 'no-answer', 'canceled'] as const;

/** What a bridge may report next. It may have missed something, so states may be left out; none comes back. */
const followers: Readonly<Record<OngoingState, readonly BridgeState[]>> = {
  queued: ['ringing', 'in-progress', 'completed', 'failed', ...beforeAnswer],
  ringing: ['in-progress', 'completed', 'failed', ...beforeAnswer],
  'in-progress': ['completed', 'failed'],
};

/** @throws `call.ended`, `call.report_late` */
export function requireFollows(state: CallState, next: BridgeState): void {
  if (!isOngoing(state)) throw callOver(state);
  if (!followers[state].includes(next)) throw reportLate(state);
}

/** Whether the people in the session have brought the call further: one is waiting, or both are there. */
export const isFurther = (next: OngoingState, state: OngoingState): boolean => ongoingStates.indexOf(next) > ongoingStates.indexOf(state);

/** What a call has come to that was not ended by saying how. */
export function finalStateOf(answered: boolean, reason: CallEndReason): FinalState {
  if (answered) return 'completed';
  return reason === 'expired' ? 'no-answer' : 'canceled';
}
