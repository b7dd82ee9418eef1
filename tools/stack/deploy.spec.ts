import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init } from './deploy.js';

describe('the deployment’s first step', () => {
  let secrets: string;
  const read = (path: string): string => readFileSync(join(secrets, path), 'utf8');

  beforeEach(() => (secrets = mkdtempSync(join(tmpdir(), 'parley-deploy-'))));
  afterEach(() => rmSync(secrets, { recursive: true }));

  it('gives each service its own role’s connection and its own identity at NATS', () => {
    init({ secrets });

    expect(read('call-service/env')).toBe(`DATABASE_URL=postgres://parley_call:${read('deploy/postgres-call').trim()}@postgres:5432/parley\nNATS_URL=nats://nats:4222?identity=%2Fsecrets%2Fnats&events=%2Fsecrets%2Fnats-events\n`);
    expect(read('call-service/nats')).toMatch(/^call SU[A-Z2-7]{56}\n$/);
    expect(read('call-service/nats-events')).toMatch(/^call-events SU[A-Z2-7]{56}\n$/);
    expect(read('nats/authorization.conf').match(/nkey: U[A-Z2-7]{55}/g)).toHaveLength(5 + 4 + 1);
    expect(read('stream-maker/env')).toBe('NATS_URL=nats://nats:4222?identity=%2Fsecrets%2Fnats\n');
    expect(read('stream-maker/nats')).toMatch(/^deploy SU[A-Z2-7]{56}\n$/);
    expect(read('nats/authorization.conf')).not.toMatch(/\bSU[A-Z2-7]{56}/);
  });

  it('gives the operator’s token to auth-service alone: the operator’s own, or one that is made', () => {
    init({ secrets });
    expect(read('auth-service/env')).toMatch(/^PARLEY_ADMIN_TOKEN=[\w-]{32}$/m);
    expect(read('api-gateway/env') + read('session-service/env')).not.toContain('ADMIN');

    init({ secrets, adminToken: 'chosen-by-the-operator' });
    expect(read('auth-service/env')).toContain('\nPARLEY_ADMIN_TOKEN=chosen-by-the-operator\n');
  });

  it('gives the gateway no database and no key, and the services that seal a key each', () => {
    init({ secrets });

    expect(read('api-gateway/env')).not.toContain('DATABASE_URL');
    expect(() => read('api-gateway/kek')).toThrow('ENOENT');
    expect(read('auth-service/kek')).toMatch(/^k1 [\w-]{43}\n$/);
    expect(read('auth-service/kek')).not.toBe(read('session-service/kek'));
  });

  it('gives services of others that hear events an identity each', () => {
    init({ secrets, listeners: 'presence=session' });

    expect(read('listeners/presence')).toMatch(/^presence SU[A-Z2-7]{56}\n$/);
    expect(read('nats/authorization.conf').match(/nkey: U[A-Z2-7]{55}/g)).toHaveLength(5 + 4 + 1 + 1);
  });

  it('lets the operator look after the events of all services', () => {
    init({ secrets });

    expect(read('deploy/events.env').split('\n').slice(0, 4)).toEqual(
      ['auth', 'subscription', 'session', 'call'].map((name) => `${name.toUpperCase()}_DATABASE_URL=postgres://parley_${name}:${read(`deploy/postgres-${name}`).trim()}@postgres:5432/parley`),
    );
  });

  it('changes nothing when it runs again', () => {
    init({ secrets });
    const before = ['auth-service/env', 'auth-service/kek', 'postgres/password'].map(read);

    init({ secrets });

    expect(['auth-service/env', 'auth-service/kek', 'postgres/password'].map(read)).toEqual(before);
  });

  it('makes files that only their owner can read', () => {
    init({ secrets });

    const modes = ['auth-service/env', 'auth-service/kek', 'postgres/password', 'nats/authorization.conf', 'call-service/nats', 'call-service/nats-events', 'stream-maker/nats'].map((path) => statSync(join(secrets, path)).mode & 0o777);
    expect(modes).toEqual(Array(7).fill(0o600));
  });

  it('points the services to servers of the operator’s, if there are any', () => {
    init({ secrets, databaseUrl: 'postgres://admin:pw@db.example.com/video', natsUrl: 'nats://t@bus.example.com' });

    expect(read('session-service/env')).toMatch(/^DATABASE_URL=postgres:\/\/video_session:[\w-]+@db\.example\.com\/video\nNATS_URL=nats:\/\/t@bus\.example\.com\n$/);
    expect(read('stream-maker/env')).toBe('NATS_URL=nats://t@bus.example.com\n');
  });
});
