import type { Role, SessionSettings, SessionWindow } from '@parley/dto';
import { endless, type Terms, termsOf } from '../settings/terms.js';

/** Settings of one level, and for a session name its window. */
export type KeptSettings = Partial<SessionSettings> & { window?: SessionWindow };

/** What `standingColumns` reads; times as ISO 8601 has them. */
export interface StandingRow {
  settings: { org?: KeptSettings; session?: KeptSettings } | null;
  plan: { starts: string; ends: string; cancelled: string | null; call: boolean } | null;
  invitation: { name: string | null; role: Role; deleted: string | null } | null;
}

/** What was set or planned for a session name before anybody came. */
export interface Standing {
  /** When the session may run; null: without a bound. */
  opens: Date | null;
  closes: Date | null;
  /** What a new occurrence begins with. */
  terms: Terms;
  /** Or the call that it is is over. */
  cancelled: boolean;
  /** Of whoever comes by an invitation; null: not by one, or by one that there never was. */
  invitation: { name: string; role: Role; withdrawn: boolean } | null;
}

/** Of people who gave no name. */
const nameless: Readonly<Record<Role, string>> = { owner: 'Host', guest: 'Guest' };

const toDate = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** A planned session has the window of its plan, whatever is set. A call is over when it is said to be, or its time is, whoever is in it (click-to-call-calls.md, S.3). */
export function standingOf({ settings, plan, invitation }: StandingRow): Standing {
  const [opens, closes] = windowOf(settings?.session?.window, plan);
  return {
    opens,
    closes,
    terms: termsOf(levelsOf(settings, plan), closes?.toISOString() ?? null),
    cancelled: Boolean(plan?.cancelled),
    invitation: invitation && toInvitation(invitation),
  };
}

const levelsOf = (settings: StandingRow['settings'], plan: StandingRow['plan']) => (plan?.call ? [endless] : [settings?.session, settings?.org]);

const windowOf = (window: SessionWindow | undefined, plan: StandingRow['plan']): [Date | null, Date | null] =>
  plan ? [plan.call ? null : toDate(plan.starts), toDate(plan.ends)] : [toDate(window?.from), toDate(window?.until)];

const toInvitation = ({ name, role, deleted }: NonNullable<StandingRow['invitation']>) => ({ name: name ?? nameless[role], role, withdrawn: deleted !== null });
