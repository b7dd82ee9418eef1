import { z } from 'zod';
import { AppError, type ErrorKind } from '@parley/dto';

export interface RetryPolicy {
  /** Before the second try; doubled before each further one. */
  firstMs: number;
  longestMs: number;
  /** After so many it is dead. */
  tries: number;
  /** The same where nothing may be wrong: it came before what it needs, or something was away. As `tries` unless told. */
  patientTries?: number;
}

/** 10 tries end after 8.5 minutes, 153 after a day. */
export const defaultRetry: RetryPolicy = { firstMs: 1_000, longestMs: 600_000, tries: 10, patientTries: 153 };

/** What becomes of an event whose handler failed: another try after a while, or none until someone replays it. */
export interface Verdict {
  status: 'parked' | 'dead';
  waitMs: number;
  /** For the operator: a code and what is safe to show, never what was in the event. */
  reason: string;
}

/** Trying again can help. All other kinds fail the same way each time. */
const retried: readonly ErrorKind[] = ['rate_limited', 'internal'];
/** It may come right by itself, only nobody knows when. */
const awaited: readonly ErrorKind[] = ['not_found', 'unavailable'];

function triesOf(kind: ErrorKind, { tries, patientTries = tries }: RetryPolicy): number {
  if (awaited.includes(kind)) return patientTries;
  return retried.includes(kind) ? tries : 1;
}

function explain(error: unknown): { kind: ErrorKind; reason: string } {
  if (error instanceof AppError) return { kind: error.kind, reason: `${error.code}: ${error.message}` };
  if (error instanceof z.ZodError) return { kind: 'invalid', reason: `event.invalid: ${error.issues.map(({ path }) => path.join('.')).join(', ')}` };
  return { kind: 'internal', reason: `internal: ${error instanceof Error ? error.name : typeof error}` };
}

/** @param tries how often it has been tried by now */
export function judge(error: unknown, tries: number, policy: RetryPolicy): Verdict {
  const { kind, reason } = explain(error);
  const status = tries < triesOf(kind, policy) ? 'parked' : 'dead';
  return { status, reason, waitMs: Math.min(policy.firstMs * 2 ** (tries - 1), policy.longestMs) };
}
