import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { composeChecks, type Compose } from './compose-checks.js';
import { checkout } from './stack/checkout.js';
import { services } from './stack/services.js';

const read = (name: string): string => readFileSync(join(checkout, name), 'utf8');
const compose = (): Compose => parse(read('docker-compose.yml'), { merge: true }) as Compose;

/** One way to break the file for each check, to know that the check would notice. */
const damages: Record<keyof typeof composeChecks, (compose: Compose) => unknown> = {
  'has exactly the servers, the steps, the stream maker and the five services': (broken) => delete broken.services['call-service'],
  'depends only on what there is': ({ services }) => (services['migrate']!.depends_on = { postgre: { condition: 'service_healthy' } }),
  'waits for health where there is a health check, and for the end of a step': ({ services }) => (services['migrate']!.depends_on = { postgres: { condition: 'service_started' } }),
  'gives each service exactly the environment of the table': ({ services }) => delete services['auth-service']!.environment!['HTTP_PORT'],
  'runs each service from its own secrets and its own file': ({ services }) => (services['call-service']!.volumes = ['auth-service-secrets:/secrets:ro']),
  'pins every image': ({ services }) => (services['nats']!.image = 'nats:alpine'),
  'checks the health of what goes on running': ({ services }) => delete services['session-service']!.healthcheck,
  'restarts what goes on running, and no step': ({ services }) => (services['migrate']!.restart = 'unless-stopped'),
  'runs nothing as root': ({ services }) => delete services['nats']!.user,
  'lets nothing write to its image': ({ services }) => (services['api-gateway']!.read_only = false),
  'gives our own processes a /tmp': ({ services }) => delete services['auth-service']!.tmpfs,
  'opens ports to this machine only': ({ services }) => (services['postgres']!.ports = ['5432:5432']),
  'declares every volume that it mounts': (broken) => delete broken.volumes!['nats-data'],
  'keeps PostgreSQL’s data where its image has them': ({ services }) => (services['postgres']!.volumes = ['postgres-data:/var/lib/postgresql/data']),
  'has no project name, which older versions refuse': (broken) => (broken.name = 'parley'),
};

describe('docker-compose.yml', () => {
  it.each(Object.keys(composeChecks))('%s', (name) => {
    expect(composeChecks[name]?.(compose())).toEqual([]);
  });

  it.each(Object.keys(composeChecks))('%s (and it would be noticed)', (name) => {
    const broken = compose();
    damages[name]?.(broken);

    expect(composeChecks[name]?.(broken)).not.toEqual([]);
  });

  it('agrees with the compose specification', () => {
    const { stdout, status } = spawnSync('node_modules/.bin/dclint', ['-c', 'docker/dclint.json', '--max-warnings', '0', 'docker-compose.yml'], { cwd: checkout, encoding: 'utf8' });

    expect({ stdout: stdout.trim(), status }).toEqual({ stdout: '', status: 0 });
  });
});

describe('Dockerfile', () => {
  it('passes the linter', () => {
    const { stdout } = spawnSync('node_modules/.bin/dockerfilelint', ['--output', 'json', 'Dockerfile'], { cwd: checkout, encoding: 'utf8' });

    expect((JSON.parse(stdout) as { totalIssues: number }).totalIssues).toBe(0);
  });

  it('builds on one pinned image, installs by the lockfile alone and leaves root', () => {
    const lines = read('Dockerfile').split('\n');
    const images = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);

    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+\.\d+\.\d+-/);
    expect(lines.filter((line) => /^RUN.*npm/.test(line)).every((line) => line.startsWith('RUN npm ci '))).toBe(true);
    expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
  });

  it('has a folder for the secrets of every container that gets any', () => {
    const containers = ['postgres', 'nats', 'deploy', 'stream-maker', ...services.map(({ name }) => name)];

    expect(containers.filter((name) => !read('Dockerfile').includes(`/secrets/${name}`))).toEqual([]);
    expect(containers.filter((name) => !compose().services['init']?.volumes?.includes(`${name}-secrets:/secrets/${name}`))).toEqual([]);
  });
});
