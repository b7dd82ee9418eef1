import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsOptions } from './nats-options.js';

describe('A NATS URL', () => {
  it.each([
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
    ['nats://s3cret@127.0.0.1:4222', { servers: ['127.0.0.1:4222'], token: 's3cret' }],
    ['nats://ann:p%40ss@a:1,nats://ann:p%40ss@b:2', { servers: ['a:1', 'b:2'], user: 'ann', pass: 'p@ss' }],
  ])('%s carries its servers and credentials', (url, expected) => {
    expect(natsOptions(url)).toMatchObject(expected);
  });

  it('names the files of who comes: with events as somebody else, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-identity-'));
    const fileOf = (name: string): string => join(folder, name);
    for (const name of ['call', 'call-events']) writeFileSync(fileOf(name), `${name} a-seed\n`);
    const url = `nats://127.0.0.1:4222?identity=${fileOf('call')}`;

    expect(natsOptions(`${url}&events=${fileOf('call-events')}`).inboxPrefix).toBe('_INBOX_call');
    expect(natsOptions(`${url}&events=${fileOf('call-events')}`, 'call', 'events').inboxPrefix).toBe('_INBOX_call-events');
    expect(natsOptions(url, 'call', 'events').inboxPrefix).toBe('_INBOX_call');
    rmSync(folder, { recursive: true });
  });

  it('never gives up: with the client’s own default a service would end after ten tries', () => {
    expect(natsOptions('nats://127.0.0.1:4222')).toMatchObject({ maxReconnectAttempts: -1, waitOnFirstConnect: true });
  });
});
