import { z } from 'zod';

/** Keys with this prefix are ours: one that a process does not know is a typing error, not somebody else's variable. */
const OUR_PREFIX = 'PARLEY_';

/** What is wrong with the environment, every fault at once. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The keys that every process has. The descriptions are what the operating guide is made from. */
export const serviceConfig = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production').describe('`production`, `development` or `test`.'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('The lowest level that is logged.'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json').describe('`json` for machines, `pretty` for a terminal.'),
  NATS_URL: z.string().min(1).describe('NATS server, e.g. `nats://token@127.0.0.1:4222`; several are separated by commas. `?identity=<file>&events=<file>` names the keys to come with: for requests and for events.'),
  HOST: z.string().default('127.0.0.1').describe('The address to listen on.'),
  HEALTH_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('Port of `/health/live` and `/health/ready`; 0 picks a free one.'),
} as const;

/** The keys of the processes that own a schema. */
export const databaseConfig = {
  DATABASE_URL: z.string().min(1).describe('PostgreSQL, as the role that owns this service’s schema.'),
  EVENT_RETENTION: z.coerce.number().int().min(4).default(30).describe('Days for which the ledger of events is kept; longer than the 3 days of the streams.'),
} as const;

/**
 * Reads the environment once. An empty variable counts as absent.
 * @throws ConfigError naming every fault: missing, malformed and unknown `PARLEY_*` keys.
 */
export function loadConfig<Shape extends z.ZodRawShape>(shape: Shape, env: NodeJS.ProcessEnv = process.env): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const unknown = Object.keys(present).filter((key) => key.startsWith(OUR_PREFIX) && !(key in shape));
  const parsed = z.object(shape).safeParse(present);
  const faults = [
    ...unknown.map((key) => `${key} is not a setting of this process`),
    ...(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []),
  ];
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return parsed.data;
}
