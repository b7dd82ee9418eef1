import type { AppError } from '@parley/dto';
import { linkExpired, linkNotYetValid, linkRevoked, sessionFull, subscriptionBusy, subscriptionInactive } from './admission.errors.js';
import type { Asked, Facts } from './asked.js';

/** Participants of a session (coviu.md, Terms). */
const MAX_SEATS = 5;
/** Entries that a mere name may have on one seat (coviu.md, "Who is in a session?"). */
const MAX_ENTRIES_OF_NAME = 3;
/** Seconds by which a link may be early: clocks differ. */
const EARLY_LEEWAY_S = 60;

/** What a rule judges. */
export interface Judged {
  asked: Asked;
  facts: Facts;
  /** When the credential ends; null: never. */
  end: Date | null;
}

/** One condition of admission: its refusal, or undefined if it is met. */
export type Rule = (judged: Judged) => AppError | undefined;

/** A credential that does not tell when it was issued counts as the oldest. */
export const notRevoked: Rule = ({ asked: { active, issuedAt = -Infinity }, facts: { validFrom } }) =>
  !active || (validFrom !== null && issuedAt < validFrom) ? linkRevoked() : undefined;

export const notExpired: Rule = ({ facts: { now }, end }) => (end && end <= now ? linkExpired() : undefined);

export const notTooEarly: Rule = ({ asked: { notBefore = -Infinity }, facts: { now } }) => {
  const opens = notBefore - EARLY_LEEWAY_S;
  return now.getTime() / 1000 < opens ? linkNotYetValid(new Date(opens * 1000).toISOString()) : undefined;
};

export const subscriptionActive: Rule = ({ asked: { ref }, facts: { subscriptionId } }) =>
  ref !== null && subscriptionId === null ? subscriptionInactive() : undefined;

export const subscriptionFree: Rule = ({ facts: { elsewhere } }) => (elsewhere > 0 ? subscriptionBusy() : undefined);

export const seatLeft: Rule = (judged) =>
  !sharesSeat(judged) && judged.facts.seats >= MAX_SEATS ? sessionFull(MAX_SEATS, judged.facts.seats) : undefined;

/** The order is a promise: the first refusal is the answer (coviu.md, C9). */
export const rules: readonly Rule[] = [notRevoked, notExpired, notTooEarly, subscriptionActive, subscriptionFree, seatLeft];

/** The same person takes no second seat; a name is believed to be the same person only so often. */
const sharesSeat = (judged: Judged): boolean => judged.facts.hasSeat && !needsOwnSeat(judged);

/** Whether the entry's seat is counted apart from others of the same person. */
export const needsOwnSeat = ({ asked, facts }: Judged): boolean => asked.knownByNameOnly && facts.entriesOfPerson >= MAX_ENTRIES_OF_NAME;

/** The first rule that refuses, with its refusal. */
export function firstRefusal(judged: Judged): { rule: Rule; refusal: AppError } | undefined {
  for (const rule of rules) {
    const refusal = rule(judged);
    if (refusal) return { rule, refusal };
  }
  return undefined;
}
