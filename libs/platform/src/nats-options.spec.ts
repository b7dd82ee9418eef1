import { natsOptions } from './nats-options.js';

describe('A NATS URL', () => {
  it.each([
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
    ['nats://s3cret@127.0.0.1:4222', { servers: ['127.0.0.1:4222'], token: 's3cret' }],
    ['nats://ann:p%40ss@a:1,nats://ann:p%40ss@b:2', { servers: ['a:1', 'b:2'], user: 'ann', pass: 'p@ss' }],
  ])('%s carries its servers and credentials', (url, expected) => {
    expect(natsOptions(url)).toMatchObject(expected);
  });

  it('never gives up: with the client’s own default a service would end after ten tries', () => {
    expect(natsOptions('nats://127.0.0.1:4222')).toMatchObject({ maxReconnectAttempts: -1, waitOnFirstConnect: true });
  });
});
