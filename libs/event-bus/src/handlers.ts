import { z } from 'zod';
import { CloudEvent, type EventContract } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import type { EventHandler } from './on-event.decorator.js';

interface Registered {
  contract: EventContract;
  handle: EventHandler<EventContract>;
}

/** Who wants to hear of what. */
export class Handlers {
  private readonly bySubject = new Map<string, Registered[]>();

  add<C extends EventContract>(contract: C, handle: EventHandler<C>): this {
    const known = this.bySubject.get(contract.subject) ?? [];
    this.bySubject.set(contract.subject, [...known, { contract, handle }]);
    return this;
  }

  contracts(): EventContract[] {
    return [...this.bySubject.values()].flatMap(([first]) => (first ? [first.contract] : []));
  }

  wants(event: CloudEvent): boolean {
    return this.bySubject.has(event.type);
  }

  /** In the order of registration, in the one transaction. */
  async run(event: CloudEvent, tx: Tx): Promise<void> {
    for (const { contract, handle } of this.bySubject.get(event.type) ?? []) await handle(contract.data.parse(event.data), tx, event);
  }
}

/** Undefined for what is no event of ours at all. */
export function parseEvent(payload: string): CloudEvent | undefined {
  try {
    return CloudEvent.parse(JSON.parse(payload));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
