import type { AppError, RefusalDto } from '@parley/dto';
import type { Asked } from '../admission/asked.js';

/** Somebody who was not let in. Holds no signature and so nothing that lets anybody in. */
export interface Refusal {
  orgId: string;
  /** By the database's clock, as of the facts that were judged; null: now. */
  at: Date | null;
  code: string;
  rule: string;
  detail: string;
  limit: number | null;
  current: number | null;
  retryAt: string | null;
  sid: string | null;
  ref: string | null;
  person: string | null;
  name: string | null;
  role: string | null;
  clientId: string;
  linkId: string;
  /** Epoch seconds. */
  issuedAt: number | null;
  notBefore: number | null;
  expiresAt: number | null;
  requestId: string | null;
}

/** A refusal as a row in our names. */
export type RefusalRow = Omit<Refusal, 'at' | 'retryAt' | 'issuedAt' | 'notBefore' | 'expiresAt'> & {
  id: string;
  at: Date;
  retryAt: Date | null;
  issuedAt: Date | null;
  notBefore: Date | null;
  expiresAt: Date | null;
};

interface Why {
  at: Date;
  rule: string;
  detail: string;
  refusal: AppError;
  requestId: string | undefined;
}

/** What an admission refused, and by which rule. */
export const refusalOf = (asked: Asked, { at, rule, detail, refusal, requestId }: Why): Refusal => ({
  ...{ orgId: asked.orgId, sid: asked.sid, ref: asked.ref, person: asked.person, name: asked.name, role: asked.role, clientId: asked.clientId },
  ...{ at, code: refusal.code, rule, detail, ...limitsOf(refusal), linkId: asked.hash, requestId: requestId ?? null },
  ...{ issuedAt: asked.issuedAt ?? null, notBefore: asked.notBefore ?? null, expiresAt: asked.expiresAt ?? null },
});

/** The numbers that a refusal tells. */
export function limitsOf({ details = {} }: AppError): Pick<Refusal, 'limit' | 'current' | 'retryAt'> {
  const { limit, current, retryAt } = details as Partial<Record<string, number & string>>;
  return { limit: limit ?? null, current: current ?? null, retryAt: retryAt ?? null };
}

export const refusalDto = ({ id, at, retryAt, issuedAt, notBefore, expiresAt, ...row }: RefusalRow): RefusalDto => ({
  refusalId: id,
  ...row,
  at: at.toISOString(),
  retryAt: retryAt?.toISOString() ?? null,
  issuedAt: issuedAt?.toISOString() ?? null,
  notBefore: notBefore?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
});
