import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { MsgHdrs } from '@nats-io/transport-node';
import type { NatsContext } from '@nestjs/microservices';
import { AppError, invalidInput, type RpcContract, unavailable } from '@parley/dto';
import { bearerToken, type Caller, scopeMissing, tokenMissing } from '@parley/jwt';
import { fixedLines, LOGGER, type Logger, type RequestContext, withRequest } from '@parley/platform';
import { map, type Observable, tap } from 'rxjs';
import type { z } from 'zod';
import { TokenVerifiers } from './token-verifiers.js';
import { asReplay, fromHeaders } from './wire.js';

/** Metadata key under which a handler keeps its contract. */
export const RPC_CONTRACT = Symbol('RPC_CONTRACT');

/** What happens round every request: context, deadline, caller, shape of request and reply, one line in the log. */
@Injectable()
export class RpcInterceptor implements NestInterceptor {
  private readonly lines: Logger;

  constructor(
    private readonly reflector: Reflector,
    private readonly verifiers: TokenVerifiers,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.lines = fixedLines(logger);
  }

  intercept(host: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const contract = this.reflector.get<RpcContract>(RPC_CONTRACT, host.getHandler());
    const context = fromHeaders(host.switchToRpc().getContext<NatsContext>().getHeaders() as MsgHdrs | undefined);
    const log = this.logOf(contract, context);
    return withRequest(context, async () => {
      await this.prepare(contract, context, host).catch((error: unknown) => {
        log(error);
        throw error;
      });
      return next.handle().pipe(
        map((reply) => contract.reply.parse(reply)),
        map((reply) => (context.idempotency?.replayed ? asReplay(reply) : reply)),
        tap({ next: () => log(), error: log }),
      );
    });
  }

  private async prepare(contract: RpcContract, context: RequestContext, host: ExecutionContext): Promise<void> {
    refuseExpired(context);
    const caller = await this.callerOf(contract, context);
    context.caller = caller;
    if (contract.idempotent && caller?.kind === 'access') {
      context.once = { orgId: caller.orgId, clientId: caller.clientId, secret: contract.idempotent === 'secret', idempotency: context.idempotency };
    }
    host.getArgs<unknown[]>()[0] = parse(contract.request, host.getArgs<unknown[]>()[0]);
  }

  private async callerOf({ access, scope }: RpcContract, { authorization }: RequestContext): Promise<Caller | undefined> {
    if (access === 'none' || access === 'service') return undefined;
    const token = bearerToken(authorization);
    if (!token) throw tokenMissing();
    const caller = await this.verifiers.get(access).verify(token);
    if (scope && caller.kind === 'access' && !caller.scopes.includes(scope)) throw scopeMissing(scope);
    return caller;
  }

  /** One line per request, with what became of it. */
  private logOf({ subject }: RpcContract, context: RequestContext): (error?: unknown) => void {
    const started = performance.now();
    return (error) => {
      const code = error === undefined ? 'ok' : error instanceof AppError ? error.code : 'internal';
      const { orgId } = (context.caller ?? {}) as Partial<Caller>;
      this.lines.info({ requestId: context.requestId, orgId: orgId ?? context.orgId, subject, code, ms: Math.round(performance.now() - started) }, 'request');
    };
  }
}

/** Nobody waits for it any more: doing it would only take room from work that is waited for. */
function refuseExpired({ deadline }: RequestContext): void {
  if (Date.now() > deadline) throw unavailable('The service', { reason: 'deadline' });
}

function parse(schema: z.ZodType, data: unknown): unknown {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}
