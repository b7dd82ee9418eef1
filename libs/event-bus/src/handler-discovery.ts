import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { EventContract } from '@parley/dto';
import type { Handlers } from './handlers.js';
import { type EventHandler, ON_EVENT } from './on-event.decorator.js';

type Methods = Record<string, EventHandler<EventContract>>;

/** Finds the `@OnEvent` methods of all providers. */
@Injectable()
export class HandlerDiscovery {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  registerAll(handlers: Handlers): void {
    const instances = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    const objects = [...new Set(instances)].filter((instance) => typeof instance === 'object' && instance !== null);
    for (const object of objects) this.register(object as Methods, handlers);
  }

  private register(object: Methods, handlers: Handlers): void {
    const prototype = Object.getPrototypeOf(object) as Methods | null;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype?.[name];
      const contract = method && this.reflector.get<EventContract | undefined>(ON_EVENT, method);
      if (method && contract) handlers.add(contract, (data, tx, event) => method.call(object, data, tx, event));
    }
  }
}
