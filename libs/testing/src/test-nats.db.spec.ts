import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';
import { testNats } from './test-nats.js';

function connectTo(url: string): Promise<NatsConnection> {
  return connect({ ...natsOptions(url), waitOnFirstConnect: false, reconnect: false });
}

describe('testNats', () => {
  it('keeps what JetStream stored over an accident', async () => {
    const nats = await testNats();
    const before = await connectTo(nats.url);
    await (await jetstreamManager(before)).streams.add({ name: 'NOTES', subjects: ['notes.>'] });
    await jetstream(before).publish('notes.one', 'kept');

    await nats.restart();

    const after = await connectTo(nats.url);
    expect((await (await jetstreamManager(after)).streams.info('NOTES')).state.messages).toBe(1);
    await after.close();
    await nats.stop();
  });

  it('lets nobody in without an identity', async () => {
    const nats = await testNats();

    await expect(connect({ servers: new URL(nats.url).host, reconnect: false })).rejects.toThrow('Authorization Violation');
    await nats.stop();
  });
});
