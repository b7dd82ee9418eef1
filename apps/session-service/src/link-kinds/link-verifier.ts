import { Injectable } from '@nestjs/common';
import { AppError, MAX_LINK_LENGTH, MAX_LINKS_AT_ONCE, type VerifiedLink, verifyLinks } from '@parley/dto';
import { currentRequest, sharedRequest, withRequest } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import type { InLine } from '../sessions/session-lines.js';
import { linkInvalid } from './link-kinds.errors.js';

type Waiting = InLine<string, VerifiedLink>;

/** Asks auth-service, which alone can open the secrets of API clients, about all links together that have come in one turn of the event loop. */
@Injectable()
export class LinkVerifier {
  private waiting: Waiting[] = [];

  constructor(private readonly rpc: RpcClient) {}

  /** @throws `link.invalid`; `unavailable` if auth-service can't be asked */
  verify(link: string): Promise<VerifiedLink> {
    if (Buffer.byteLength(link) > MAX_LINK_LENGTH) return Promise.reject(linkInvalid());
    if (this.waiting.length === 0) setImmediate(() => this.askAll());
    return new Promise((resolve, reject) => this.waiting.push({ item: link, request: currentRequest(), resolve, reject }));
  }

  private askAll(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let at = 0; at < waiting.length; at += MAX_LINKS_AT_ONCE) void this.ask(waiting.slice(at, at + MAX_LINKS_AT_ONCE));
  }

  private async ask(turn: readonly Waiting[]): Promise<void> {
    try {
      const asking = () => this.rpc.call(verifyLinks, { links: turn.map(({ item }) => item) });
      const { verified } = await withRequest(sharedRequest(turn.map(({ request }) => request)), asking);
      for (const [n, { resolve, reject }] of turn.entries()) {
        const found = verified[n];
        if (found) resolve(found);
        else reject(linkInvalid());
      }
    } catch (error) {
      if (turn.length > 1 && error instanceof AppError && error.kind === 'internal') turn.forEach((each) => void this.ask([each])); // the fault of one of them
      else turn.forEach(({ reject }) => reject(error));
    }
  }
}
