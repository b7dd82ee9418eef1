import { SessionSettings } from '@parley/dto';
import { z } from 'zod';

/** Epoch seconds, within the years that a calendar has. */
const Time = z
  .int()
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => new Date(seconds * 1000).toISOString())
  .nullable();

export const OrgSettingsBody = z.object({ sessions: SessionSettings.partial() });
export type OrgSettingsBody = z.output<typeof OrgSettingsBody>;

export const SessionSettingsBody = z.object({ sessions: SessionSettings.partial().optional(), window: z.object({ from: Time, until: Time }).partial().optional() });
export type SessionSettingsBody = z.output<typeof SessionSettingsBody>;
