import { loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';

const DEFAULT_PORT = 3000;

type Trust = true | string | ((address: string, hop: number) => boolean);

/** As Fastify takes it. */
const TrustProxy = z.string().transform((value): Trust => {
  if (value === 'true') return true;
  return /^\d+$/.test(value) ? (_address, hop) => hop < Number(value) : value;
});

export const configShape = {
  ...serviceConfig,
  PORT: z.coerce.number().int().min(0).max(65535).default(DEFAULT_PORT).describe('Port of the API.'),
  AUTH_URL: z.url({ protocol: /^https?$/ }).describe('Where auth-service speaks HTTP; sign-in, token and key requests are handed to it.'),
  PARLEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address under which clients reach Parley; `http://127.0.0.1:<PORT>` unless set.'),
  PARLEY_TRUST_PROXY: TrustProxy.optional().describe(
    'Whose `X-Forwarded-For` is believed: addresses or networks separated by commas, a number of hops, or `true` for anyone. Nobody’s unless set.',
  ),
} as const;

export type GatewayConfig = ReturnType<typeof readConfig>;

export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = loadConfig(configShape, env);
  return { ...config, PARLEY_PUBLIC_URL: config.PARLEY_PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}` };
}
