import { type DynamicModule, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Owner } from '@parley/dto';
import { Database } from '@parley/persistence';
import { LOGGER, type Logger, METRICS, type Metrics, natsOptions } from '@parley/platform';
import { BusMetrics } from './bus-metrics.js';
import { EventBus } from './event-bus.js';
import { HandlerDiscovery } from './handler-discovery.js';
import { Handlers } from './handlers.js';

export interface EventBusModuleOptions {
  /** The service this is, whose outbox is relayed. */
  owner: Owner;
  natsUrl: string;
  /** Whose events this service's `@OnEvent` methods are about. */
  consumes: readonly Owner[];
  /** How long the ledger is kept (EVENT_RETENTION), in days; 30 unless told. The same in every service. */
  retentionDays?: number;
}

const OPTIONS = Symbol('EVENT_BUS_OPTIONS');

/** Runs the event bus in a service: it starts without waiting for the broker and ends before the database is closed. */
@Module({ imports: [DiscoveryModule], providers: [Handlers, HandlerDiscovery] })
export class EventBusModule implements OnApplicationBootstrap {
  constructor(
    private readonly handlers: Handlers,
    private readonly bus: EventBus,
    private readonly discovery: HandlerDiscovery,
    @Inject(OPTIONS) private readonly options: EventBusModuleOptions,
  ) {}

  static forRoot(options: EventBusModuleOptions): DynamicModule {
    return {
      module: EventBusModule,
      providers: [
        { provide: OPTIONS, useValue: options },
        {
          provide: EventBus,
          useFactory: (db: Database, handlers: Handlers, log: Logger, metrics: Metrics) => {
            const { natsUrl, ...rest } = options;
            return new EventBus(db, handlers, { ...rest, name: options.owner, nats: natsOptions(natsUrl, `${options.owner} events`, 'events'), log, metrics: new BusMetrics(metrics) });
          },
          inject: [Database, Handlers, LOGGER, METRICS],
        },
      ],
      exports: [EventBus],
    };
  }

  onApplicationBootstrap(): void {
    this.discovery.registerAll(this.handlers);
    const stray = this.handlers.contracts().find(({ owner }) => !this.options.consumes.includes(owner));
    if (stray) throw new Error(`@OnEvent(${stray.subject}): ${this.options.owner} does not consume events of ${stray.owner}`);
    this.bus.start();
  }
}
