import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ClientNats, NatsRecordBuilder } from '@nestjs/microservices';
import { EmptyResponseException } from '@nestjs/microservices/errors/empty-response.exception.js';
import { AppError, internal, type ReplyOf, type RequestInputOf, type RpcContract, unavailable } from '@parley/dto';
import { currentRequest, LOGGER, type Logger, Readiness, type RequestContext } from '@parley/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import { firstValueFrom, timeout, TimeoutError } from 'rxjs';
import { ownRequest, toHeaders } from './wire.js';

/** Between the two tries of a request that nobody received. Milliseconds. */
const RETRY_AFTER_MS = 25;

/** Asks other services. */
@Injectable()
export class RpcClient implements OnModuleInit, OnApplicationShutdown {
  private everConnected = false;

  constructor(
    private readonly client: ClientNats,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts to connect and does not wait: a process starts, and says that it is not ready, while NATS is away. */
  onModuleInit(): void {
    this.client.connect().then(
      () => (this.everConnected = true),
      (error: unknown) => this.logger.warn({ err: error }, 'not connected to NATS yet'),
    );
    this.readiness.add('nats-client', async () => {
      const connection = (await this.client.connect()) as NatsConnection;
      await connection.flush();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /**
   * @throws what the service threw; `unavailable` if it can't be asked (after one more try), or with `outcome: "unknown"` if it
   * did not answer within the request's deadline
   */
  async call<C extends RpcContract>(contract: C, data: RequestInputOf<C>): Promise<ReplyOf<C>> {
    const context = currentRequest() ?? ownRequest();
    try {
      return await this.ask(contract, data, context);
    } catch (error) {
      if (!wasNotReceived(error)) throw this.failure(error, contract);
    }
    await sleep(RETRY_AFTER_MS);
    return this.ask(contract, data, context).catch((error: unknown) => {
      throw wasNotReceived(error) ? unavailable(serviceOf(contract)) : this.failure(error, contract);
    });
  }

  private async ask<C extends RpcContract>(contract: C, data: RequestInputOf<C>, context: RequestContext): Promise<ReplyOf<C>> {
    if (!this.everConnected) throw new NeverConnected();
    const left = context.deadline - Date.now();
    if (left <= 0) throw unavailable(serviceOf(contract), { reason: 'deadline' });
    const record = new NatsRecordBuilder(data).setHeaders(toHeaders(context)).build();
    return firstValueFrom(this.client.send<ReplyOf<C>>(contract.subject, record).pipe(timeout(left)));
  }

  private failure(error: unknown, contract: RpcContract): AppError {
    if (error instanceof AppError) return error;
    if (AppError.isShape(error)) return AppError.fromJSON(error);
    if (error instanceof TimeoutError) return unavailable(serviceOf(contract), { outcome: 'unknown' });
    this.logger.error({ err: error, subject: contract.subject }, 'a service answered with something that is not ours');
    return internal();
  }
}

/** Nest's client would wait for the first connection for ever. */
class NeverConnected extends Error {}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const serviceOf = ({ owner }: RpcContract): string => `The ${owner} service`;

/** No responder on the subject, or no connection: nothing was done. */
const wasNotReceived = (error: unknown): boolean =>
  error instanceof NeverConnected || error instanceof EmptyResponseException || (error instanceof Error && connectionErrors.has(error.name)) || (typeof error === 'string' && error.includes('Connection lost'));

/** Names of the NATS client's errors that are raised before anything is sent. */
const connectionErrors = new Set(['ConnectionError', 'ClosedConnectionError', 'DrainingConnectionError']);
