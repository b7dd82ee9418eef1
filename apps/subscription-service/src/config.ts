import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';

export type Config = ReturnType<typeof readConfig>;

export const configShape = { ...serviceConfig, ...databaseConfig } as const;

export const readConfig = (env?: NodeJS.ProcessEnv) => loadConfig(configShape, env);
