import { Injectable } from '@nestjs/common';
import type { GenuineLink, LinkKind } from './genuine-link.js';
import { LinkVerifier } from './link-verifier.js';
import { SessionLink } from './session-link.js';

/** Links that API clients sign with their secrets, which auth-service alone can open (coviu.md, C9). */
@Injectable()
export class ClientLinks implements LinkKind {
  constructor(private readonly verifier: LinkVerifier) {}

  async verify(link: string): Promise<GenuineLink> {
    return new SessionLink(link, await this.verifier.verify(link));
  }
}
