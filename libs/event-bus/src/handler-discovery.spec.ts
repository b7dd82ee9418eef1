import { Injectable } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { type DataOf, event } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { z } from 'zod';
import { HandlerDiscovery } from './handler-discovery.js';
import { Handlers } from './handlers.js';
import { OnEvent } from './on-event.decorator.js';

const opened = event('session', 'door-opened', 1, { doc: 'A door.', data: z.object({ door: z.string().default('front') }), examples: [{}] });
const shut = event('session', 'door-shut', 1, { doc: 'A door.', data: z.object({}), examples: [{}] });

@Injectable()
class Doors {
  readonly heard: string[] = [];

  @OnEvent(opened)
  note({ door }: DataOf<typeof opened>): Promise<void> {
    this.heard.push(door);
    return Promise.resolve();
  }

  unrelated(): void {}
}

const fact = (type: string) => ({
  ...{ specversion: '1.0' as const, id: '0198f1b5-0000-7000-8000-000000000000', source: 'parley/session', type, subject: 'door:1' },
  ...{ time: '2026-01-01T00:00:00Z', datacontenttype: 'application/json' as const, orgid: 'o', sequence: 1, data: {} },
});

test('the marked methods of all providers are called, on their own instance, with the parsed data', async () => {
  const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers: [Doors, HandlerDiscovery] }).compile();
  const handlers = new Handlers();
  module.get(HandlerDiscovery).registerAll(handlers);
  expect(handlers.contracts()).toEqual([opened]);
  expect(handlers.wants(fact(shut.subject))).toBe(false);
  await handlers.run(fact(opened.subject), {} as Tx);
  expect(module.get(Doors).heard).toEqual(['front']);
});
