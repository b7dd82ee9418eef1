import { secretEnv } from './stack/deploy.js';
import { services } from './stack/services.js';

/** As much of docker-compose.yml as the checks read. */
export interface Compose {
  name?: string;
  services: Record<string, ComposeService>;
  volumes?: Record<string, unknown>;
}

export interface ComposeService {
  image?: string;
  build?: unknown;
  user?: string;
  read_only?: boolean;
  tmpfs?: string[];
  restart?: string;
  command?: string[];
  healthcheck?: unknown;
  environment?: Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  volumes?: string[];
}

const servers = ['postgres', 'nats'];
const steps = ['init', 'migrate'];
/** Not among the services: it serves no requests of the API. */
const maker = 'stream-maker';
/** The official image's own entry point gives up root, after it has made its folder. */
const startsAsRoot = ['postgres'];

/** Everything about the file that an engine would only find out at run time. Each answers what is wrong, empty if nothing is. */
export const composeChecks: Record<string, (compose: Compose) => string[]> = {
  'has exactly the servers, the steps, the stream maker and the five services': (compose) =>
    different(Object.keys(compose.services), [...servers, ...steps, maker, ...services.map(({ name }) => name)], 'services'),

  'depends only on what there is': (compose) =>
    each(compose, (name, { depends_on = {} }) => Object.keys(depends_on).filter((other) => !compose.services[other]).map((other) => `${name} depends on ${other}`)),

  'waits for health where there is a health check, and for the end of a step': (compose) =>
    each(compose, (name, { depends_on = {} }) =>
      Object.entries(depends_on)
        .filter(([other, { condition }]) => condition !== (steps.includes(other) ? 'service_completed_successfully' : 'service_healthy'))
        .map(([other, { condition }]) => `${name} waits for ${other} until ${condition}`),
    ),

  'gives each service exactly the environment of the table': (compose) =>
    services.flatMap(({ name, env, optionalEnv }) => {
      const given = Object.keys(compose.services[name]?.environment ?? {});
      const wanted = [...env, ...optionalEnv].filter((key) => !isSecret(key));
      return different(given, wanted, `${name}'s environment`);
    }),

  'runs each service from its own secrets and its own file': (compose) =>
    [...services.map(({ name }) => ({ name, file: `dist/apps/${name}/src/main.js` })), { name: maker, file: 'dist/tools/stack/stream-maker-process.js' }].flatMap(({ name, file }) => {
      const { command = [], volumes = [] } = compose.services[name] ?? {};
      const right = command.includes(file) && command.includes('--env-file=/secrets/env') && volumes.includes(`${name}-secrets:/secrets:ro`);
      return right ? [] : [`${name}: ${command.join(' ')}`];
    }),

  'pins every image': (compose) =>
    each(compose, (name, { image, build }) => (build !== undefined || /:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/.test(image ?? '') ? [] : [`${name}: ${image}`])),

  'checks the health of what goes on running': (compose) => each(compose, (name, service) => (steps.includes(name) || service.healthcheck ? [] : [name])),

  'restarts what goes on running, and no step': (compose) =>
    each(compose, (name, { restart }) => (restart === (steps.includes(name) ? 'no' : 'unless-stopped') ? [] : [`${name}: ${restart}`])),

  'runs nothing as root': (compose) => each(compose, (name, { user = '0' }) => (startsAsRoot.includes(name) || !/^(0|root)\b/.test(user) ? [] : [`${name}: user ${user}`])),

  'lets nothing write to its image': (compose) => each(compose, (name, { read_only }) => (startsAsRoot.includes(name) || read_only === true ? [] : [name])),

  'gives our own processes a /tmp': (compose) => each(compose, (name, { build, tmpfs = [] }) => (build === undefined || tmpfs.includes('/tmp') ? [] : [name])),

  'opens ports to this machine only': (compose) =>
    each(compose, (name, { ports = [] }) => ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name}: ${port}`)),

  'declares every volume that it mounts': (compose) =>
    each(compose, (name, { volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !/^[./]/.test(source) && !(source in (compose.volumes ?? {}))).map((source) => `${name}: ${source}`)),

  'keeps PostgreSQL’s data where its image has them': (compose) =>
    compose.services['postgres']?.volumes?.includes('postgres-data:/var/lib/postgresql') ? [] : ['postgres-data is not mounted on /var/lib/postgresql'],

  'has no project name, which older versions refuse': (compose) => (compose.name === undefined ? [] : [compose.name]),
};

function each(compose: Compose, check: (name: string, service: ComposeService) => string[]): string[] {
  return Object.entries(compose.services).flatMap(([name, service]) => check(name, service));
}

function different(given: string[], wanted: readonly string[], what: string): string[] {
  const missing = wanted.filter((name) => !given.includes(name)).map((name) => `${what}: ${name} is missing`);
  const surplus = given.filter((name) => !wanted.includes(name)).map((name) => `${what}: ${name} is too much`);
  return [...missing, ...surplus];
}

function isSecret(key: string): boolean {
  return (secretEnv as readonly string[]).includes(key);
}
