import { z } from 'zod';
import { loadConfig, serviceConfig } from './config.js';

const shape = { ...serviceConfig, PARLEY_PUBLIC_URL: z.url(), TTL: z.coerce.number().int().default(60) };
const good = { NATS_URL: 'nats://127.0.0.1:4222', PARLEY_PUBLIC_URL: 'http://127.0.0.1:3000' };

describe('Configuration', () => {
  it('has defaults for what is not given, an empty variable counting as not given', () => {
    expect(loadConfig(shape, { ...good, TTL: '' })).toMatchObject({ TTL: 60, LOG_LEVEL: 'info', HOST: '127.0.0.1' });
  });

  it('reports all faults together', () => {
    expect(() => loadConfig(shape, { PARLEY_PUBLIC_URL: 'nonsense', TTL: 'soon' })).toThrow(/NATS_URL[\s\S]*PARLEY_PUBLIC_URL[\s\S]*TTL/);
  });

  it('refuses a PARLEY_ key that the process does not know, for it is a typing error', () => {
    expect(() => loadConfig(shape, { ...good, PARLEY_PUBLIK_URL: 'x' })).toThrow('PARLEY_PUBLIK_URL is not a setting of this process');
  });

  it('leaves other people’s variables alone', () => {
    expect(loadConfig(shape, { ...good, HOME: '/root' })).not.toHaveProperty('HOME');
  });

  it('has a sentence for every key', () => {
    expect(Object.entries(serviceConfig).filter(([, schema]) => !schema.description)).toEqual([]);
  });
});
