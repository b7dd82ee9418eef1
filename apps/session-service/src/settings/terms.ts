import type { SessionSettings } from '@parley/dto';

/** What ends an occurrence by itself. Seconds; null: off. */
export interface Terms {
  maxDuration: number | null;
  emptyTimeout: number | null;
  lastLeftTimeout: number | null;
  ownerGoneTimeout: number | null;
  /** When its window closes, as ISO 8601 has it. */
  closes: string | null;
}

type Limit = keyof SessionSettings;

/** How long each limit is where it is merely on. Seconds. */
const whenOn: Readonly<Record<Limit, number>> = { maxDuration: 43_200, emptyTimeout: 60, lastLeftTimeout: 60, ownerGoneTimeout: 60 };

/** What holds where nobody has set anything: coviu.md, "When is it over?". */
const parleysOwn: SessionSettings = { maxDuration: false, emptyTimeout: true, lastLeftTimeout: false, ownerGoneTimeout: false };

const limits = Object.keys(parleysOwn) as readonly Limit[];

export const nothingSet: SessionSettings = { maxDuration: null, emptyTimeout: null, lastLeftTimeout: null, ownerGoneTimeout: null };

/** Nothing ends it by itself. */
export const endless: SessionSettings = { maxDuration: false, emptyTimeout: false, lastLeftTimeout: false, ownerGoneTimeout: false };

/** The settings of several levels, the nearest first: the first that says anything about a limit decides. */
export function termsOf(levels: readonly (Partial<SessionSettings> | undefined)[], closes: string | null = null): Terms {
  const terms = Object.fromEntries(limits.map((limit) => [limit, secondsOf(limit, levels)]));
  return { ...(terms as Omit<Terms, 'closes'>), closes };
}

function secondsOf(limit: Limit, levels: readonly (Partial<SessionSettings> | undefined)[]): number | null {
  const set = [...levels, parleysOwn].map((level) => level?.[limit] ?? null).find((value) => value !== null);
  if (typeof set === 'number') return set;
  return set === true ? whenOn[limit] : null;
}

/** As the API tells it: false for off. */
export const effective = ({ closes: _, ...terms }: Terms): Record<Limit, number | false> =>
  Object.fromEntries(limits.map((limit) => [limit, terms[limit] ?? false])) as Record<Limit, number | false>;
