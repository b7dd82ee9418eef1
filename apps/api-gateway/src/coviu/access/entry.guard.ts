import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { bearerToken, tokenMissing } from '@parley/jwt';
import type { FastifyRequest } from 'fastify';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { entryToken } from '../coviu.errors.js';
import { isPossibleId } from '../path-id.pipe.js';
import { AccessTokenGuard, OrgGuard } from './bearer.guard.js';

type EntryRequest = FastifyRequest<{ Params: { org: string; sid: string; entryId: string } }>;

/** Tells an entry's token from an org's by its kind (RFC 8725, 3.11). Believes nothing: the services verify. */
export function isEntryToken(authorization: string | undefined): boolean {
  try {
    return decodeProtectedHeader(bearerToken(authorization) ?? '').typ === 'entry+jwt';
  } catch {
    return false;
  }
}

/**
 * For the person in the session: some token must be there, and if it is an entry's it must be of the org in the path. Whether it is
 * of this entry, session-service decides, which made it.
 */
@Injectable()
export class EntryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, params } = context.switchToHttp().getRequest<EntryRequest>();
    if (!bearerToken(headers.authorization)) throw tokenMissing();
    if (isEntryToken(headers.authorization) && !couldOpen(headers.authorization, params)) throw entryToken();
    return true;
  }
}

/** For either. */
@Injectable()
export class EntryOrOrgGuard implements CanActivate {
  private readonly accessToken = new AccessTokenGuard();

  constructor(
    private readonly entry: EntryGuard,
    private readonly org: OrgGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { authorization } = context.switchToHttp().getRequest<EntryRequest>().headers;
    if (isEntryToken(authorization)) return this.entry.canActivate(context);
    await this.accessToken.canActivate(context);
    return this.org.canActivate(context);
  }
}

function couldOpen(authorization: string | undefined, { org, sid, entryId }: EntryRequest['params']): boolean {
  try {
    return decodeJwt(bearerToken(authorization) ?? '')['org_id'] === org && isPossibleId(sid) && isPossibleId(entryId);
  } catch {
    return false;
  }
}
