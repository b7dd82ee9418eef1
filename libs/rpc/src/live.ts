import { Inject, Injectable } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { LiveContract } from '@parley/dto';
import { LOGGER, type Logger } from '@parley/platform';
import type { z } from 'zod';

/** Hints between the processes, on core NATS: fast, unordered, and lost on whoever is away. */
@Injectable()
export class Live {
  constructor(
    private readonly client: ClientNats,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Waits for nothing: while NATS is away nobody is told, or later. */
  tell<C extends LiveContract>({ subject }: C, data: z.input<C['data']>): void {
    this.connection().then(
      (connection) => connection.publish(subject, JSON.stringify(data)),
      (error: unknown) => this.logger.warn({ err: error, subject }, 'nobody was told'),
    );
  }

  /** Settles once it listens; from then on until the end of the process, over every outage. What is not of the contract's shape is dropped. */
  async listen<S extends z.ZodType>({ subject, data: schema }: LiveContract<S>, hear: (data: z.output<S>) => void): Promise<void> {
    const connection = await this.connection();
    const callback = (_error: Error | null, message: Msg): void => {
      const parsed = schema.safeParse(jsonOf(message));
      if (parsed.success) hear(parsed.data);
    };
    connection.subscribe(subject, { callback });
    await connection.flush();
  }

  private async connection(): Promise<NatsConnection> {
    return (await this.client.connect()) as NatsConnection;
  }
}

function jsonOf(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined; // which fits no contract
  }
}
