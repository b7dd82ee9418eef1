import { API_AUDIENCE, internal } from '@parley/dto';
import { fastify, type FastifyInstance, type InjectOptions } from 'fastify';
import { Provider } from 'oidc-provider';
import { engineConfig, type EngineParts, TOKEN_PATH } from './engine-config.js';
import { currentExchange, type Exchange, noteFailure, withExchange } from './exchange.js';

/** RFC 6749, 5.1 and 5.2. */
export type EngineAnswer = { ok: true; body: TokenBody } | { ok: false; error: string; description: string };

export interface TokenBody {
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  token_type: string;
  scope: string;
}

/**
 * The authorization server. It is asked in this process, with requests that we make ourselves: no header of a client reaches it, so
 * its issuer and URLs are ours whatever Host or X-Forwarded-* a request carried. A new key set is a new engine.
 */
export class Engine {
  private readonly provider: Provider;
  private readonly door: FastifyInstance;

  constructor(
    private readonly issuer: string,
    parts: EngineParts,
  ) {
    this.provider = new Provider(issuer, engineConfig(parts));
    this.provider.proxy = true;
    this.provider.Client.prototype.compareClientSecret = (secret) => currentExchange().client.accepts(secret);
    this.provider.on('server_error', (_ctx, error) => noteFailure(error));
    this.door = doorTo(this.provider);
  }

  /** What the token endpoint answers to the form. Throws what kept it from answering, so that the transaction is undone. */
  async token(exchange: Exchange, form: Record<string, string>): Promise<EngineAnswer> {
    const authorization = basic(exchange.client.id, exchange.secret);
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const request: InjectOptions = { method: 'POST', url: TOKEN_PATH, headers, payload: new URLSearchParams(form).toString() };
    const { status, body } = await withExchange(exchange, () => this.ask(request));
    if (status >= 500) throw exchange.failure ?? internal();
    if (status === 200) return { ok: true, body: body as TokenBody };
    const { error, error_description: description } = body as { error: string; error_description: string };
    return { ok: false, error, description };
  }

  /** Begins an authorization of the client for itself. Answers its id. */
  newGrant(exchange: Exchange, scope: string): Promise<string> {
    return withExchange(exchange, () => {
      const { id } = exchange.client;
      const grant = new this.provider.Grant({ clientId: id, accountId: id });
      grant.addResourceScope(API_AUDIENCE, scope);
      return grant.save();
    });
  }

  /** The first refresh token of an authorization. */
  newRefreshToken(exchange: Exchange, grantId: string, scope: string): Promise<string> {
    return withExchange(exchange, async () => {
      const { id } = exchange.client;
      const client = await this.provider.Client.find(id);
      if (!client) throw internal();
      const token = new this.provider.RefreshToken({ client, accountId: id, grantId, gty: 'client_credentials', scope, resource: API_AUDIENCE, rotations: 0 });
      return token.save();
    });
  }

  /** A document that the engine publishes: its metadata, its keys. */
  async document(url: string): Promise<Record<string, unknown>> {
    const { body } = await this.ask({ method: 'GET', url });
    return body as Record<string, unknown>;
  }

  private async ask(request: InjectOptions): Promise<{ status: number; body: unknown }> {
    const { host, protocol } = new URL(this.issuer);
    const headers = { ...request.headers, host, 'x-forwarded-proto': protocol.slice(0, -1) };
    const response = await this.door.inject({ ...request, headers });
    return { status: response.statusCode, body: response.json() };
  }
}

/** An application without a port: requests come in by `inject` only. It leaves bodies unread, the engine reads them itself. */
function doorTo(provider: Provider): FastifyInstance {
  const door = fastify();
  const answer = provider.callback();
  door.removeAllContentTypeParsers();
  door.addContentTypeParser('*', (_request, _payload, done) => done(null));
  door.all('*', (request, reply) => {
    reply.hijack();
    return answer(request.raw, reply.raw);
  });
  return door;
}

/** RFC 6749, 2.3.1: both halves are form-encoded. */
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
