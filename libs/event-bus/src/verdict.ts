import { z } from 'zod';
import { AppError, type ErrorKind } from '@parley/dto';

export interface RetryPolicy {
  /** Before the second try; doubled before each further one. */
  firstMs: number;
  longestMs: number;
  /** After so many it is dead. */
  tries: number;
}

export const defaultRetry: RetryPolicy = { firstMs: 1_000, longestMs: 600_000, tries: 10 };

/** What becomes of an event whose handler failed: another try after a while, or none until someone replays it. */
export interface Verdict {
  status: 'parked' | 'dead';
  waitMs: number;
  /** For the operator: a code and what is safe to show, never what was in the event. */
  reason: string;
}

/** Trying again can help: the event came early, or something was away. All other kinds fail the same way each time. */
const retried: readonly ErrorKind[] = ['not_found', 'rate_limited', 'internal', 'unavailable'];

function explain(error: unknown): { kind: ErrorKind; reason: string } {
  if (error instanceof AppError) return { kind: error.kind, reason: `${error.code}: ${error.message}` };
  if (error instanceof z.ZodError) return { kind: 'invalid', reason: `event.invalid: ${error.issues.map(({ path }) => path.join('.')).join(', ')}` };
  return { kind: 'internal', reason: `internal: ${error instanceof Error ? error.name : typeof error}` };
}

/** @param tries how often it has been tried by now */
export function judge(error: unknown, tries: number, policy: RetryPolicy): Verdict {
  const { kind, reason } = explain(error);
  const status = retried.includes(kind) && tries < policy.tries ? 'parked' : 'dead';
  return { status, reason, waitMs: Math.min(policy.firstMs * 2 ** (tries - 1), policy.longestMs) };
}
