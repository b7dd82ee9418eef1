import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminGuard } from '../admin/for-admin.js';
import { AccessTokenGuard } from '../coviu/access/bearer.guard.js';
import { OpaqueTokenGuard } from '../opaque-tokens/opaque-token.guard.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
/** What a proxy adds: behind one on the same machine everybody comes from loopback. */
const BY_PROXY = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Open to who is on this machine; from elsewhere for the operator and clients with scope `admin`. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(
    private readonly opaque: OpaqueTokenGuard,
    @Inject(AccessTokenGuard) private readonly token: CanActivate,
    private readonly admin: AdminGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isLocal(context.switchToHttp().getRequest<FastifyRequest>())) return true;
    await this.opaque.canActivate(context);
    await this.token.canActivate(context);
    return this.admin.canActivate(context);
  }
}

const isLocal = ({ raw, headers }: FastifyRequest): boolean =>
  LOOPBACK.test(raw.socket.remoteAddress ?? '') && BY_PROXY.every((name) => headers[name] === undefined);
