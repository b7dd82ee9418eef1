import { loadConfig } from '@parley/platform';
import { configShape } from './config.js';

const least = { NATS_URL: 'nats://x', DATABASE_URL: 'postgres://x', PARLEY_KEK_FILE: '/kek' };

describe('the configuration', () => {
  it('has a description for every key', () => {
    expect(Object.entries(configShape).filter(([, schema]) => !schema.description)).toEqual([]);
  });

  it('knows where it is reached unless it is told', () => {
    expect(loadConfig(configShape, least)).toMatchObject({ PARLEY_PUBLIC_URL: 'http://127.0.0.1:3000', COVIU_ACCESS_TTL: 3600 });
  });

  it('takes the public URL with or without the last slash', () => {
    expect(loadConfig(configShape, { ...least, PARLEY_PUBLIC_URL: 'https://parley.test/' }).PARLEY_PUBLIC_URL).toBe('https://parley.test');
  });

  it.each(['https://parley.test/path', 'https://parley.test/?a=b', 'https://a:b@parley.test', 'ftp://parley.test', 'parley.test'])('refuses %s as public URL', (url) => {
    expect(() => loadConfig(configShape, { ...least, PARLEY_PUBLIC_URL: url })).toThrow('PARLEY_PUBLIC_URL');
  });
});
