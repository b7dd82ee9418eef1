import { z } from 'zod';
import { Instant, ofOrg } from './common.contract.js';
import { event, rpc } from './contract.js';

/** The longest time that a setting takes: 31 days. Seconds. */
const MAX_SECONDS = 2_678_400;

/** False: off; true: on, for as long as Parley thinks right; or for so many seconds; null: as it is set one level above. */
const Timeout = z.union([z.boolean(), z.int().min(1).max(MAX_SECONDS)]).nullable();

/** What ends a session by itself. */
export const SessionSettings = z.object({
  /** So long after it began. */
  maxDuration: Timeout,
  /** When nobody has been in it for so long. */
  emptyTimeout: Timeout,
  /** The same, where the last one left or was removed rather than vanished. */
  lastLeftTimeout: Timeout,
  /** When no owner has been in it for so long, after there was one. */
  ownerGoneTimeout: Timeout,
});
export type SessionSettings = z.output<typeof SessionSettings>;

/** When a session may run; null: without a bound. */
export const SessionWindow = z.object({ from: Instant.nullable(), until: Instant.nullable() });
export type SessionWindow = z.output<typeof SessionWindow>;

/** What holds when all levels have been asked: seconds, or false for off. */
const Effective = z.record(z.keyof(SessionSettings), z.union([z.literal(false), z.int()]));
const Change = SessionSettings.partial();

export const OrgSettingsDto = z.object({ orgId: z.string(), sessions: SessionSettings, effective: Effective });
export type OrgSettingsDto = z.output<typeof OrgSettingsDto>;

export const SessionSettingsDto = OrgSettingsDto.extend({ sid: z.string(), window: SessionWindow });
export type SessionSettingsDto = z.output<typeof SessionSettingsDto>;

const OfName = z.object({ sid: z.string().min(1).max(256) });

export const getOrgSettings = rpc('session', 'get-org-settings', {
  ...ofOrg,
  doc: 'What the org has set for its sessions, and what holds.',
  request: z.object({}),
  reply: OrgSettingsDto,
});

export const changeOrgSettings = rpc('session', 'change-org-settings', {
  ...ofOrg,
  doc: 'Sets what ends the org’s sessions by themselves; holds for occurrences that begin from now on.',
  request: z.object({ sessions: Change }),
  reply: OrgSettingsDto,
});

export const getSessionSettings = rpc('session', 'get-session-settings', {
  ...ofOrg,
  doc: 'What is set for one session name, used or not, and what holds.',
  request: OfName,
  reply: SessionSettingsDto,
});

export const changeSessionSettings = rpc('session', 'change-session-settings', {
  ...ofOrg,
  doc: 'Sets what ends one session by itself, and when it may run; holds at once. Fails with `session.window`, and with `session.scheduled` for the window of a planned session.',
  request: OfName.extend({ sessions: Change.optional(), window: SessionWindow.partial().optional() }),
  reply: SessionSettingsDto,
});

const settingsOf = { sessions: SessionSettings };
const exampleSettings = { sessions: { maxDuration: 3600, emptyTimeout: null, lastLeftTimeout: null, ownerGoneTimeout: false } };

/** The org has other settings now. */
export const orgSettingsChanged = event('session', 'org-settings-changed', 1, {
  doc: 'An org changed what ends its sessions by themselves.',
  data: z.object(settingsOf),
  examples: [exampleSettings],
});

/** That session has other settings now. */
export const sessionSettingsChanged = event('session', 'session-settings-changed', 1, {
  doc: 'What ends one session by itself, or when it may run, was changed.',
  data: z.object({ sid: z.string(), ...settingsOf, window: SessionWindow }),
  examples: [{ sid: 'room-1', ...exampleSettings, window: { from: null, until: '2026-11-01T10:00:00.000Z' } }],
});
