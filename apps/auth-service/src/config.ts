import { MAX_ACCESS_TTL } from '@parley/dto';
import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';
import { looksLikeJwt } from './access/operator-token.js';

/** `scheme://host[:port]` and nothing more: the paths under it are fixed. (What is no URL at all has a message of its own.) */
const isOrigin = (url: string): boolean => !URL.canParse(url) || new URL(url).href === `${new URL(url).origin}/`;

const limit = (unlessSet: number) => z.coerce.number().int().min(1).max(100_000).default(unlessSet);

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
  PARLEY_ADMIN_TOKEN: z
    .string()
    .min(12)
    .max(1024)
    .regex(/^[\w~+/.=-]+$/, 'must be of letters, digits and - . _ ~ + / = only, as a Bearer token is')
    .refine((token) => !looksLikeJwt(token), 'must not look like a JWT, three parts with dots between')
    .optional()
    .describe('The operator’s token: whoever has it administers every org under `/admin/v1`. Without it nobody does.'),
  SIGNING_KEY_ROTATION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .default(90)
    .describe('Days after which the key that signs access tokens is replaced; 0: only by `rotate-keys.js`.'),
  FAILURES_PER_ACCOUNT: limit(10).describe('Wrong secrets or passwords that one address may present for one client or user within FAILURE_WINDOW.'),
  FAILURES_PER_ADDRESS: limit(100).describe('The same, for one address and whatever account. An IPv6 network of 64 bits counts as one address.'),
  FAILURES_PER_CLIENT: limit(1000).describe('The same, at one client and from everywhere. It refuses only addresses that have failed there.'),
  FAILURE_WINDOW: z.coerce.number().int().min(1).max(86_400).default(900).describe('Seconds for which a failure counts.'),
  COVIU_ACCESS_TTL: z.coerce.number().int().min(1).max(MAX_ACCESS_TTL).default(3600).describe('Seconds for which an access token of an API client lives.'),
};

export type Config = ReturnType<typeof readConfig>;

export const readConfig = () => loadConfig(configShape);
