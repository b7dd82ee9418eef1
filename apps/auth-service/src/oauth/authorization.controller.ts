import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EngineDoor } from './engine-door.js';

/** What a browser asks of the engine itself (RFC 6749, 3.1, and RFC 8628, 3.3). The engine sends it on to the login and consent pages. */
@Controller()
export class AuthorizationController {
  constructor(private readonly door: EngineDoor) {}

  @Post('oauth/auth')
  authorize(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.door.pass(request, reply);
  }

  /** Back from a page of ours. */
  @Get(['oauth/auth/:uid', 'auth/device/:uid'])
  resume(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.door.pass(request, reply);
  }

  @Get('auth/device')
  device(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.door.pass(request, reply);
  }

  @Post('auth/device')
  enterCode(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.door.pass(request, reply);
  }
}
