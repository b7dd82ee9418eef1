import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';

export type Config = ReturnType<typeof readConfig>;

/** Seconds. A day more than a year would only be a call that nobody has ended. */
const LONGEST = 366 * 86_400;

export const configShape = {
  ...serviceConfig,
  ...databaseConfig,
  CALL_MAX_DURATION: z.coerce.number().int().min(1).max(LONGEST).default(14_400).describe('Seconds after which a placed call that nobody stops is over.'),
} as const;

export const readConfig = (env?: NodeJS.ProcessEnv) => loadConfig(configShape, env);
