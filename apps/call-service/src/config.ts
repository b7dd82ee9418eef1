import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';

export const configShape = { ...serviceConfig, ...databaseConfig };

export type Config = ReturnType<typeof readConfig>;

export const readConfig = (env?: NodeJS.ProcessEnv) => loadConfig(configShape, env);
