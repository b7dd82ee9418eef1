import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';

export type Config = ReturnType<typeof readConfig>;

const seconds = z.coerce.number().int();

export const configShape = {
  ...serviceConfig,
  ...databaseConfig,
  PARLEY_PUBLIC_URL: z.url({ protocol: /^https?$/ }).describe('The address under which clients reach Parley; `iss` of entry tokens.'),
  PARLEY_KEK_FILE: z.string().min(1).describe('File with the keys that seal secrets at rest: lines `<id> <32 bytes in base64url>`, the current key first.'),
  ENTRY_KEY_ROTATION_DAYS: z.coerce.number().int().min(0).max(3650).default(90).describe('Days after which the key that signs entry tokens is replaced; 0: only by command.'),
  SESSION_LINK_MAX_AGE: seconds.min(0).default(86_400).describe('Seconds for which a session link without `exp` works, from its `iat` or its first use; 0 = no bound.'),
  ENTRY_LEASE_MAX: seconds.min(1).default(3600).describe('Seconds for which an entry holds its seat before its first heartbeat.'),
} as const;

export const readConfig = () => loadConfig(configShape);
