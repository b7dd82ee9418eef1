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
  REFUSAL_RETENTION: seconds.min(1).max(3650).default(30).describe('Days for which it is kept who was refused entry, and why.'),
  LIVE_MAX_WATCHERS: seconds.min(0).max(1_000_000).default(1000).describe('People who may watch a `live` session at once.'),
  OPENTOK_PUBLIC_ORG_ID: z.uuid().optional().describe('The organisation for which anybody may make OpenTok sessions and tokens, without a token of their own. Nobody may unless set.'),
  OPENTOK_TOKEN_FORMAT: z.enum(['t1', 'jwt']).default('t1').describe('The format of OpenTok tokens: `t1`, which every client reads, or `jwt`.'),
} as const;

export const readConfig = () => loadConfig(configShape);
