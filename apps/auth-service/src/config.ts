import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';

/** `scheme://host[:port]` and nothing more: the paths under it are fixed. (What is no URL at all has a message of its own.) */
const isOrigin = (url: string): boolean => !URL.canParse(url) || new URL(url).href === `${new URL(url).origin}/`;

export const configShape = {
  ...serviceConfig,
  ...databaseConfig,
  HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('Port of the OAuth endpoints, for the gateway alone; 0 picks a free one.'),
  PARLEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isOrigin, 'must be an origin, without a path')
    .transform((url) => new URL(url).origin)
    .default('http://127.0.0.1:3000')
    .describe('Where clients reach Parley: the issuer of tokens and the start of every absolute URL.'),
  PARLEY_KEK_FILE: z.string().min(1).describe('File with the key-encryption keys, one `<id> <32 bytes in base64url>` a line, the current one first.'),
  COVIU_ACCESS_TTL: z.coerce.number().int().min(1).max(86_400).default(3600).describe('Seconds for which an access token of an API client lives.'),
};

export type Config = ReturnType<typeof readConfig>;

export const readConfig = () => loadConfig(configShape);
