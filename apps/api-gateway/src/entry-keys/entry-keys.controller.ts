import { Controller, Get, Header } from '@nestjs/common';
import { getEntryKeys, type PublicJwk } from '@parley/dto';
import { RpcClient } from '@parley/rpc';

/** The keys of entry tokens, beside those of access tokens that auth-service publishes. */
@Controller('.well-known')
export class EntryKeysController {
  constructor(private readonly rpc: RpcClient) {}

  /** RFC 7517. Verifiers may keep them for 300 s; a new key is published well before it signs. */
  @Get('entry-jwks.json')
  @Header('content-type', 'application/jwk-set+json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  async keys(): Promise<{ keys: PublicJwk[] }> {
    const { keys } = await this.rpc.call(getEntryKeys, {});
    return { keys };
  }
}
