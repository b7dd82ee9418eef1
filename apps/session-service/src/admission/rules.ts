import type { AppError } from '@parley/dto';
import { linkExpired, linkNotYetValid, linkRevoked, sessionFull, subscriptionBusy, subscriptionInactive } from './admission.errors.js';
import type { Asked, Facts } from './asked.js';

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

/** One condition of admission. Pure: what it judges is all it knows. */
export interface Rule {
  /** How it is called wherever a decision is explained. */
  name: string;
  /** Its refusal, or undefined if it is met. */
  judge: (judged: Judged) => AppError | undefined;
  /** What it looked at: a sentence for whoever asks why. */
  detail: (judged: Judged) => string;
}

/** A name is unique among the rules, and a promise once it is published. */
const rule = (name: string, judge: Rule['judge'], detail: Rule['detail']): Rule => ({ name, judge, detail });

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const retryAt = (at: Date | null) => (at ? { retryAt: at.toISOString() } : {});

export const clientActive = rule(
  'client-active',
  ({ asked: { active } }) => (active ? undefined : linkRevoked()),
  ({ asked: { active, clientId } }) => `Client ${clientId} ${active ? 'and its organisation are active' : 'or its organisation is disabled'}.`,
);

export const notBanned = rule(
  'not-banned',
  ({ facts: { banned, bannedUntil } }) => (banned ? linkRevoked(bannedUntil?.toISOString()) : undefined),
  ({ asked: { person, sid }, facts: { banned, bannedUntil } }) =>
    banned ? `${person} is banned from ${sid} ${bannedUntil ? `until ${bannedUntil.toISOString()}` : 'until the ban is lifted'}.` : `${person} is not banned from ${sid}.`,
);

/** A credential that does not tell when it was issued counts as the oldest. */
export const notRevoked = rule(
  'not-revoked',
  ({ asked: { issuedAt = -Infinity }, facts: { validFrom } }) => (validFrom !== null && issuedAt < validFrom ? linkRevoked() : undefined),
  ({ asked: { issuedAt }, facts: { validFrom } }) => {
    const issued = issuedAt === undefined ? 'The link does not say when it was issued, so it counts as the oldest' : `The link was issued at ${iso(issuedAt)}`;
    if (validFrom === Infinity) return `${issued}. It was revoked itself.`;
    return `${issued}. ${validFrom === null ? 'Nothing that it depends on was revoked' : `Links issued before ${iso(validFrom)} are revoked`}.`;
  },
);

export const stillPlanned = rule(
  'still-planned',
  ({ asked: { participantId }, facts: { standing } }) =>
    standing.cancelled || (participantId !== undefined && standing.invitation?.withdrawn !== false) ? linkRevoked() : undefined,
  ({ asked: { participantId, sid }, facts: { standing } }) => {
    if (standing.cancelled) return `The session ${sid} was cancelled, or is a call that is over.`;
    if (participantId === undefined) return 'The link is no invitation that could be taken back.';
    return standing.invitation?.withdrawn === false ? `The participant ${participantId} is invited.` : `The participant ${participantId} was removed.`;
  },
);

export const notExpired = rule(
  'not-expired',
  ({ facts: { now }, end }) => (end && end <= now ? linkExpired() : undefined),
  ({ facts: { now }, end }) => `It is ${now.toISOString()}, and the link ${end ? `ends at ${end.toISOString()}` : 'has no end'}.`,
);

export const notTooEarly = rule(
  'not-too-early',
  ({ asked: { notBefore = -Infinity }, facts: { now } }) => {
    const opens = notBefore - EARLY_LEEWAY_S;
    return now.getTime() / 1000 < opens ? linkNotYetValid(iso(opens)) : undefined;
  },
  ({ asked: { notBefore } }) => (notBefore === undefined ? 'The link works from the beginning.' : `The link works from ${iso(notBefore)}, or ${EARLY_LEEWAY_S} seconds earlier.`),
);

export const subscriptionActive = rule(
  'subscription-active',
  ({ asked: { ref }, facts: { subscriptionId } }) => (ref !== null && subscriptionId === null ? subscriptionInactive() : undefined),
  ({ asked: { ref }, facts: { subscriptionId } }) => {
    if (ref === null) return 'No subscription is needed.';
    return subscriptionId === null ? `There is no active subscription for the ref ${ref}.` : `The active subscription for the ref ${ref} is ${subscriptionId}.`;
  },
);

export const subscriptionFree = rule(
  'subscription-free',
  ({ facts: { elsewhere, elsewhereUntil } }) => (elsewhere > 0 ? subscriptionBusy({ limit: 1, current: 1, ...retryAt(elsewhereUntil) }) : undefined),
  ({ facts: { elsewhere } }) => (elsewhere > 0 ? `The subscription has ${elsewhere} live entries in another session.` : 'The subscription is in no other session.'),
);

export const seatLeft = rule(
  'seat-left',
  (judged) => {
    const { asked: { capacity }, facts: { seats, seatFreeAt } } = judged;
    return !sharesSeat(judged) && seats >= capacity ? sessionFull({ limit: capacity, current: seats, ...retryAt(seatFreeAt) }) : undefined;
  },
  (judged) => `${judged.facts.seats} of ${judged.asked.capacity} seats are taken${sharesSeat(judged) ? ', one of them by this person' : ''}.`,
);

/** The order is a promise: the first refusal is the answer (coviu.md, C9). */
export const rules: readonly Rule[] = [clientActive, notBanned, notRevoked, stillPlanned, notExpired, notTooEarly, subscriptionActive, subscriptionFree, seatLeft];

/** The same person takes no second seat; a name is believed to be the same person only so often. */
const sharesSeat = (judged: Judged): boolean => judged.facts.hasSeat && !needsOwnSeat(judged);

/** Whether the entry's seat is counted apart from others of the same person. */
export const needsOwnSeat = ({ asked, facts }: Judged): boolean => asked.knownByNameOnly && facts.entriesOfPerson >= MAX_ENTRIES_OF_NAME;

/** A rule that refuses, and its refusal. */
export interface Refused {
  rule: Rule;
  refusal: AppError;
}

/** The first rule that refuses, with its refusal. */
export function firstRefusal(judged: Judged): Refused | undefined {
  for (const each of rules) {
    const refusal = each.judge(judged);
    if (refusal) return { rule: each, refusal };
  }
  return undefined;
}
