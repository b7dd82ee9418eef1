import { databaseConfig, loadConfig, serviceConfig } from '@parley/platform';

export type Config = ReturnType<typeof readConfig>;

export const readConfig = (env?: NodeJS.ProcessEnv) => loadConfig({ ...serviceConfig, ...databaseConfig }, env);
