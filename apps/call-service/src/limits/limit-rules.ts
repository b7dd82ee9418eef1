import type { CallRule } from '@parley/dto';

/** What of the rules counts here. */
export type KnownRule = Pick<CallRule, 'kind' | 'callsPerUser' | 'ongoingCalls' | 'username'>;

export interface CallLimits {
  username: string;
  /** Calls of the user at a time, over all applications. */
  callsPerUser: number;
  /** Calls of everybody in the org at a time; null: as many as they like. */
  ongoingCalls: number | null;
}

/** The most specific first (click-to-call.md, The limit). */
const specific = ['user', 'client', 'org', 'everyone'] as const;

const isSet = (bound: number | null | undefined): bound is number => bound !== null && bound !== undefined;

/** What holds for a user, through an application if its rule is given; undefined while too little is known. */
export function limitsBy(rules: readonly KnownRule[]): CallLimits | undefined {
  const ordered = specific.flatMap((kind) => rules.find((rule) => rule.kind === kind) ?? []);
  const callsPerUser = ordered.map((rule) => rule.callsPerUser).find(isSet);
  const username = ordered.find(({ kind }) => kind === 'user')?.username;
  if (callsPerUser === undefined || typeof username !== 'string') return undefined;
  return { username, callsPerUser, ongoingCalls: ordered.map((rule) => rule.ongoingCalls).find(isSet) ?? null };
}

/** Whether a rule of each kind is known, so that no narrower one can be missing. */
export const isComplete = (rules: readonly KnownRule[]): boolean => specific.every((kind) => rules.some((rule) => rule.kind === kind));
