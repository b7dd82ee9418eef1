import { configShape as gateway } from '../apps/api-gateway/src/config.js';
import { configShape as auth } from '../apps/auth-service/src/config.js';
import { configShape as call } from '../apps/call-service/src/config.js';
import { configShape as session } from '../apps/session-service/src/config.js';
import { configShape as subscription } from '../apps/subscription-service/src/config.js';
import { type ServiceName, services } from './stack/services.js';

const shapes: Record<ServiceName, object> = {
  'api-gateway': gateway,
  'auth-service': auth,
  'subscription-service': subscription,
  'session-service': session,
  'call-service': call,
};

describe('The environment that a stack gives to', () => {
  it.each(services.map((service) => [service.name, service] as const))('%s is the one that it reads, no key more and none less', (name, { env, optionalEnv }) => {
    expect([...env, ...optionalEnv].sort()).toEqual(Object.keys(shapes[name]).sort());
  });
});
