import { Controller, Get, Header } from '@nestjs/common';
import { EngineHolder } from '../oauth/engine-holder.js';
import { publishedMetadata, type ServerMetadata } from './server-metadata.js';

/** Verifiers may keep them for so long; a new key is published well before it signs. Seconds. */
const CACHE = 'public, max-age=300';

/** What anybody may know of this authorization server, from any origin. */
@Controller('.well-known')
export class MetadataController {
  constructor(private readonly engines: EngineHolder) {}

  /** RFC 8414, and the same under the name by which OpenID Connect Discovery looks for it. */
  @Get(['oauth-authorization-server', 'openid-configuration'])
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  async metadata(): Promise<ServerMetadata> {
    const engine = await this.engines.get();
    return publishedMetadata(await engine.document('/.well-known/oauth-authorization-server'));
  }

  /** RFC 7517. */
  @Get('jwks.json')
  @Header('content-type', 'application/jwk-set+json; charset=utf-8')
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  async keys(): Promise<Record<string, unknown>> {
    const engine = await this.engines.get();
    return engine.document('/.well-known/jwks.json');
  }
}
