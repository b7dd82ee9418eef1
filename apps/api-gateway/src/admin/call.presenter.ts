import type { CallEndReason, PlacedCallDto, UserStatus } from '@parley/dto';

/** A call as its administrators see it (click-to-call.md, Admin interface); times in epoch seconds. */
export interface AdminCall {
  id: string;
  orgId: string;
  userId: string;
  username: string;
  clientId: string;
  number: string;
  state: 'ongoing' | 'ended';
  start: number;
  end: number | null;
  durationSeconds: number;
  endReason: CallEndReason | null;
}

const epoch = (instant: string): number => Math.floor(Date.parse(instant) / 1000);

export const adminCall = ({ callId, orgId, userId, username, clientId, number, placedAt, endedAt, durationSeconds, endReason }: PlacedCallDto): AdminCall => ({
  id: callId,
  ...{ orgId, userId, username, clientId, number },
  state: endedAt === null ? 'ongoing' : 'ended',
  start: epoch(placedAt),
  end: endedAt === null ? null : epoch(endedAt),
  durationSeconds,
  endReason,
});

export const adminStatus = (status: UserStatus): Omit<UserStatus, 'calls'> & { calls: AdminCall[] } => ({ ...status, calls: status.calls.map(adminCall) });
