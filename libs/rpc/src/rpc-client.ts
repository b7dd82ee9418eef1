import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import { AppError, internal, type ReplyOf, type RequestInputOf, type RpcContract, unavailable } from '@parley/dto';
import { currentRequest, type Idempotency, LOGGER, type Logger, Readiness, type RequestContext } from '@parley/platform';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { isReplay, ownRequest, toHeaders } from './wire.js';

/** Between the two tries of a request that nobody received. Milliseconds. */
const RETRY_AFTER_MS = 25;

/** What tells Nest's transport that a message is a request; NATS itself knows which answer is whose. */
const ANSWER_WANTED = 'r';

/** Asks other services, in the form of Nest's transport but by one subscription for all answers: its own client makes and ends one for each. */
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
    if (contract.idempotent && context.idempotency) return this.callOnce(contract, data, context, context.idempotency);
    return this.callIn(contract, data, { ...context, idempotency: undefined });
  }

  /** The key goes with the one request that takes effect. */
  private async callOnce<C extends RpcContract>(contract: C, data: RequestInputOf<C>, context: RequestContext, idempotency: Idempotency): Promise<ReplyOf<C>> {
    if (idempotency.spent) throw new Error(`${contract.subject}: one request under an Idempotency-Key takes effect in one place`);
    idempotency.spent = true;
    const reply: unknown = await this.callIn(contract, data, context);
    if (!isReplay(reply)) return reply as ReplyOf<C>;
    idempotency.replayed = true;
    return reply.idempotencyReplay as ReplyOf<C>;
  }

  private async callIn<C extends RpcContract>(contract: C, data: RequestInputOf<C>, context: RequestContext): Promise<ReplyOf<C>> {
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
    const connection = (await this.client.connect()) as NatsConnection;
    const request = JSON.stringify({ pattern: contract.subject, data, id: ANSWER_WANTED });
    const answer = await connection.request(contract.subject, request, { timeout: left, headers: toHeaders(context) });
    const { err, response } = answer.json<{ err?: unknown; response: ReplyOf<C> }>();
    if (err !== undefined && err !== null) throw err as Error;
    return response;
  }

  private failure(error: unknown, contract: RpcContract): AppError {
    if (error instanceof AppError) return error;
    if (AppError.isShape(error)) return AppError.fromJSON(error);
    if (error instanceof errors.TimeoutError) return unavailable(serviceOf(contract), { outcome: 'unknown' });
    this.logger.error({ err: error, subject: contract.subject }, 'a service answered with something that is not ours');
    return internal();
  }
}

/** Nest's client would wait for the first connection for ever. */
class NeverConnected extends Error {}

const serviceOf = ({ owner }: RpcContract): string => `The ${owner} service`;

/** No responder on the subject, or no connection: nothing was done. */
const wasNotReceived = (error: unknown): boolean =>
  error instanceof NeverConnected || isNoResponders(error) || (error instanceof Error && connectionErrors.has(error.name)) || (typeof error === 'string' && error.includes('Connection lost'));

const isNoResponders = (error: unknown): boolean => error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());

/** Names of the NATS client's errors that are raised before anything is sent. */
const connectionErrors = new Set(['ConnectionError', 'ClosedConnectionError', 'DrainingConnectionError']);
