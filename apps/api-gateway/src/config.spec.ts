import { ConfigError } from '@parley/platform';
import { readConfig } from './config.js';

const needed = { NATS_URL: 'nats://127.0.0.1:4222', AUTH_URL: 'http://127.0.0.1:3001' };

describe('The configuration of the gateway', () => {
  it('has a port, and an address made from it', () => {
    expect(readConfig(needed)).toMatchObject({ PORT: 3000, PARLEY_PUBLIC_URL: 'http://127.0.0.1:3000', PARLEY_TRUST_PROXY: false });
    expect(readConfig({ ...needed, PORT: '80' }).PARLEY_PUBLIC_URL).toBe('http://127.0.0.1:80');
  });

  it.each(['10.0.0.1', '10.0.0.0/8, ::1', 'loopback', 'fe80::/10'])('trusts %s', (trust) => {
    expect(readConfig({ ...needed, PARLEY_TRUST_PROXY: trust }).PARLEY_TRUST_PROXY).toBe(trust);
  });

  it('trusts so many hops', () => {
    const trust = readConfig({ ...needed, PARLEY_TRUST_PROXY: '2' }).PARLEY_TRUST_PROXY as (address: string, hop: number) => boolean;
    expect([0, 1, 2].map((hop) => trust('10.0.0.1', hop))).toEqual([true, true, false]);
  });

  it.each([
    [{ PARLEY_TRUST_PROXY: 'yes' }],
    [{ PARLEY_TRUST_PROXY: '10.0.0.0/33' }],
    [{ PARLEY_TRUST_PROXY: '10.0.0.1;10.0.0.2' }],
    [{ PARLEY_PORT: '1' }],
    [{ AUTH_URL: 'auth:3001' }],
    [{ AUTH_URL: '' }],
    [{ PORT: '65536' }],
  ])('refuses %j', (env) => expect(() => readConfig({ ...needed, ...env })).toThrow(ConfigError));
});
