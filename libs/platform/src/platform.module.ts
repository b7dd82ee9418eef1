import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { Readiness } from './health.js';
import type { Logger } from './logger.js';
import { METRICS, type Metrics, processMetrics } from './metrics.js';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('LOGGER');

/** Makes the logger, the readiness checks and the metrics of the process available everywhere in it. */
@Global()
@Module({})
export class PlatformModule {
  static around(app: Type | DynamicModule, logger: Logger, readiness: Readiness, metrics: Metrics = processMetrics('parley', readiness)): DynamicModule {
    return {
      module: PlatformModule,
      imports: [app],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: Readiness, useValue: readiness },
        { provide: METRICS, useValue: metrics },
      ],
      exports: [LOGGER, Readiness, METRICS],
    };
  }
}
