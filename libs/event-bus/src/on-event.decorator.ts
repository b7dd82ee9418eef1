import { SetMetadata } from '@nestjs/common';
import type { CloudEvent, DataOf, EventContract } from '@parley/dto';
import type { Tx } from '@parley/persistence';

/**
 * What happens here because of an event elsewhere. It runs in the transaction that also notes the event as done, so its effect on
 * the database happens once, however often the event is told; it must have no other effect. It fails by throwing. What it need not
 * know the outcome of it best leaves to `tx.send`: of a hundred events in one transaction none then waits for the one before.
 */
export type EventHandler<C extends EventContract> = (data: DataOf<C>, tx: Tx, event: CloudEvent) => Promise<void> | void;

export const ON_EVENT = 'parley:on-event';

/** Runs this provider's method for every event of the contract, in order within an aggregate. */
export const OnEvent =
  <C extends EventContract>(contract: C) =>
  <M extends EventHandler<C>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>): void =>
    void SetMetadata(ON_EVENT, contract)(target, key, descriptor);
