import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { endSession, getSession, type RequestOf, type SessionDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Rpc(getSession)
  get(@Payload() { sid }: RequestOf<typeof getSession>, @Caller() actor: Actor): Promise<SessionDto> {
    return this.sessions.get(actor, sid);
  }

  @Rpc(endSession)
  end(@Payload() { sid }: RequestOf<typeof endSession>, @Caller() actor: Actor): Promise<SessionDto> {
    return this.sessions.end(actor, sid);
  }
}
