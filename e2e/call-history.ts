/** What one user did to calls and was answered. Times by one clock, in ms; `ended` is infinite where no answer came. */
export interface CallAct {
  kind: 'place' | 'stop';
  began: number;
  ended: number;
  /** `unknown`: it may have been done. */
  outcome: 'done' | 'refused' | 'failed' | 'unknown';
  /** Of the call. */
  token?: string;
}

interface Span {
  from: number;
  to: number;
}

const placed = (acts: readonly CallAct[]): CallAct[] => acts.filter(({ kind, outcome }) => kind === 'place' && outcome === 'done');
const stopsOf = (acts: readonly CallAct[], token: string | undefined): CallAct[] => acts.filter((act) => act.kind === 'stop' && act.token === token);

/** When a call was there without doubt: from the answer that placed it to the first attempt at stopping it. */
const certain = (acts: readonly CallAct[]): Span[] =>
  placed(acts).map(({ ended, token }) => ({ from: ended, to: Math.min(Infinity, ...stopsOf(acts, token).map(({ began }) => began)) }));

/** When a call may have been there: from the attempt to place it, to the first answer that it was stopped. One that nobody was told of may be there for ever. */
const possible = (acts: readonly CallAct[]): Span[] =>
  acts
    .filter(({ kind, outcome }) => kind === 'place' && (outcome === 'done' || outcome === 'unknown'))
    .map(({ began, token }) => ({ from: began, to: Math.min(Infinity, ...stopsOf(acts, token).filter(({ outcome }) => token && outcome === 'done').map(({ ended }) => ended)) }));

const mostWithin = (spans: readonly Span[], { from, to }: Span): number => {
  const moments = [from, ...spans.map((span) => span.from)].filter((at) => at >= from && at <= to);
  return Math.max(0, ...moments.map((at) => spans.filter((span) => span.from <= at && at < span.to).length));
};

/** What in the history can't be, whatever the order in which things happened between question and answer. */
export function faultsOf(acts: readonly CallAct[], limit: number): string[] {
  const most = mostWithin(certain(acts), { from: -Infinity, to: Infinity });
  const tooMany = most > limit ? [`${most} calls at a time, of at most ${limit}`] : [];
  const refused = acts.filter(({ kind, outcome }) => kind === 'place' && outcome === 'refused');
  const wrongly = refused.filter(({ began, ended }) => mostWithin(possible(acts), { from: began, to: ended }) < limit);
  return [...tooMany, ...wrongly.map(({ began }) => `refused at ${began.toFixed(0)} although a slot was free all the time`)];
}
