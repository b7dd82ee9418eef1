import { isIP } from 'node:net';
import { loadConfig, serviceConfig } from '@parley/platform';
import { z } from 'zod';

const DEFAULT_PORT = 3000;

/** What Fastify takes for its `trustProxy`. */
type Trust = boolean | string | ((address: string, hop: number) => boolean);

const isNetwork = (text: string): boolean => {
  const [address = '', bits = '0'] = text.trim().split('/');
  return ['loopback', 'linklocal', 'uniquelocal'].includes(text.trim()) || (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128));
};

const isTrust = (text: string): boolean => text === 'true' || /^\d+$/.test(text) || text.split(',').every(isNetwork);

function toTrust(text: string): Trust {
  if (text === 'true') return true;
  return /^\d+$/.test(text) ? (_address, hop) => hop < Number(text) : text;
}

export const configShape = {
  ...serviceConfig,
  PORT: z.coerce.number().int().min(0).max(65535).default(DEFAULT_PORT).describe('Port of the API.'),
  AUTH_URL: z.url({ protocol: /^https?$/ }).describe('Where auth-service speaks HTTP; sign-in, token and key requests are handed to it.'),
  METRICS_TARGETS: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
    .pipe(z.array(z.url({ protocol: /^https?$/ })))
    .default([])
    .describe('Addresses of the `/metrics` of other processes, separated by commas; what they tell is told again at the `/metrics` of the gateway.'),
  PARLEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address under which clients reach Parley; `http://127.0.0.1:<PORT>` unless set.'),
  PARLEY_TRUST_PROXY: z
    .string()
    .refine(isTrust, 'must be addresses or networks, a number of hops, or `true`')
    .transform(toTrust)
    .default(false)
    .describe('Whose `X-Forwarded-For` is believed: addresses or networks separated by commas, a number of hops, or `true` for anyone. Nobody’s unless set.'),
} as const;

export type GatewayConfig = ReturnType<typeof readConfig>;

export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const config = loadConfig(configShape, env);
  return { ...config, PARLEY_PUBLIC_URL: config.PARLEY_PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}` };
}
