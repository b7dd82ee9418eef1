import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { currentRequest, Readiness } from '@parley/platform';
import { Database, type DatabaseOptions } from './database.js';

/**
 * The process's `Database`, everywhere in it: it knows the deadline and the trace of the request in hand, the process is ready when
 * the schema is, and it is closed when everything that uses it has stopped.
 */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    readiness: Readiness,
  ) {
    Database.deadline = () => currentRequest()?.deadline;
    Database.traceparent = () => currentRequest()?.traceparent;
    Database.once = () => currentRequest()?.once;
    readiness.add('database', () => this.check());
  }

  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [{ provide: Database, useFactory: () => Database.connect(options) }],
      exports: [Database],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }

  private async check(): Promise<void> {
    if (!(await this.database.schemaIsCurrent())) throw new Error('a migration is missing: run migrate.js first');
  }
}
