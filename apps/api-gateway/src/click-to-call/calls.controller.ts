import { Controller, Get, Headers, Inject, Post, Put, Res } from '@nestjs/common';
import { AppError, findCall, listOngoingCalls, placeCall, stopCall, type UserCallDto } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import type { FastifyReply } from 'fastify';
import { type CallInput, Input } from './call-input.js';
import { callInfo } from './call.presenter.js';
import { tokenCallMissing } from './click-to-call.errors.js';
import { type Content, privately, represent } from './representation.js';
import { ForUser } from './user-token.guard.js';

/** Where clients reach Parley, without a slash at its end. */
export const PUBLIC_URL = Symbol('PUBLIC_URL');

/** Longer than anything that is accepted, and short enough for a message. */
const MAX_SENT = 64;
const MAX_HANDLE = 256;

/** What decides about a value sees all of it that could matter. */
const cut = (value: string | boolean | null | undefined) => (typeof value === 'string' ? value.slice(0, MAX_SENT) : value);

/** Calls of users (click-to-call.md). */
@Controller('rest/call')
@ForUser()
export class UserCallsController {
  constructor(
    private readonly rpc: RpcClient,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  /** That the limit is reached is told before anything that is wrong with the input. */
  @Post()
  async place(@Input() input: CallInput, @Res() reply: FastifyReply): Promise<void> {
    const wishes = { number: cut(input.field('number')), autoEnd: cut(input.field('autoEnd')) };
    const call = await this.rpc.call(placeCall, wishes).catch((error: unknown): never => {
      throw (error instanceof AppError && error.kind === 'invalid' ? input.fault : undefined) ?? error;
    });
    this.located(reply.code(201), call);
  }

  @Put()
  async stop(@Input() input: CallInput, @Res() reply: FastifyReply): Promise<void> {
    if (input.fault) throw input.fault;
    const token = input.field('token_call');
    if (typeof token !== 'string' || token === '') throw tokenCallMissing();
    this.located(reply.code(200), await this.rpc.call(stopCall, { token: token.slice(0, MAX_HANDLE) }));
  }

  @Get()
  async read(@Input() input: CallInput, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const token = input.field('token_call');
    if (token !== undefined && typeof token !== 'string') throw tokenCallMissing();
    const content = token === undefined ? await this.ongoing() : await this.one(token);
    const { contentType, body } = represent(accept, content);
    void reply.headers(privately).type(contentType).send(body);
  }

  private async one(token: string): Promise<Content> {
    const call = await this.rpc.call(findCall, { token: token.slice(0, MAX_HANDLE) });
    const content = { info: callInfo(call), user: { username: call.username } };
    return { json: content, xml: { call: content } };
  }

  private async ongoing(): Promise<Content> {
    const calls: UserCallDto[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await this.rpc.call(listOngoingCalls, { after });
      calls.push(...page.items);
      after = page.next;
    }
    const content = calls.map((call) => ({ info: callInfo(call) }));
    return { json: content, xml: { calls: content.length > 0 ? { call: content } : '' } };
  }

  private located(reply: FastifyReply, { token }: UserCallDto): void {
    void reply.headers(privately).header('location', `${this.publicUrl}/rest/call?token_call=${token}`).send();
  }
}
