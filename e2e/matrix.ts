/** The thing of the clinic, that of the other org, and one that is not there. */
export const targets = ['own', 'foreign', 'absent'] as const;
export type Target = (typeof targets)[number];

/** The status for each caller: one for each target, or one for all; `others` for everybody who is not named. */
export type Row<Caller extends string> = Partial<Record<Caller, string>> & { others: string };

/** What the row says of that caller and that target. */
export function statusIn<Caller extends string>(row: Row<Caller>, caller: Caller, target: Target): number {
  const statuses = (row[caller] ?? row.others).split(' ').map(Number);
  return statuses[targets.indexOf(target)] ?? statuses[0] ?? 0;
}
