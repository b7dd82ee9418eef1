import type { OutgoingHttpHeaders } from 'node:http';
import { API_AUDIENCE, internal } from '@parley/dto';
import { KeySet, publicHalf, verifyEs256 } from '@parley/jwt';
import { fastify, type FastifyInstance, type InjectOptions } from 'fastify';
import { Provider } from 'oidc-provider';
import type { ApiClient } from '../clients/client.entity.js';
import { NOT_A_SECRET } from '../oauth-storage/client-adapter.js';
import { engineConfig, type EngineParts } from './engine-config.js';
import { endWithoutSession } from './lost-session.js';
import { routes } from './routes.js';
import { onceId } from './token-rules.js';
import { currentVisit, duringVisit, noteFailure, type Visit } from './visit.js';

/** RFC 6749, 5.1 and 5.2. */
export type EngineAnswer = { ok: true; body: TokenBody } | { ok: false; error: string; description: string };

export interface TokenBody {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  expires_in: number;
  token_type: string;
  scope: string;
}

export interface EngineRequest {
  method: 'GET' | 'HEAD' | 'POST';
  /** Path and query. */
  url: string;
  /** Only those that the engine is to believe. */
  headers?: Record<string, string>;
  body?: string;
}

/** What a client sends, without what shows who it is. */
export interface ClientRequest {
  url: string;
  form: [string, string][];
  /** RFC 9449, 4. */
  dpop?: string | undefined;
}

export interface EngineResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
}

/**
 * The authorization server. It is asked in this process, with requests that we make ourselves: only the headers we name reach it, so
 * its issuer and URLs are ours whatever Host or X-Forwarded-* a request carried, and nothing is answered before it is committed.
 * A new key set is a new engine.
 */
export class Engine {
  /** For what is made beside its endpoints; only during a visit (`during`). */
  readonly provider: Provider;
  private readonly door: FastifyInstance;
  private readonly published: KeySet;

  constructor(
    private readonly issuer: string,
    parts: EngineParts,
  ) {
    this.provider = new Provider(issuer, engineConfig(parts));
    this.provider.proxy = true;
    this.provider.Client.prototype.compareClientSecret = function (this: { clientId: string }) {
      return currentVisit().isAuthenticated(this.clientId);
    };
    this.provider.ReplayDetection.unique = (iss, jti, exp) => parts.isFirstUse(onceId(iss, jti), Math.max(1, exp - Math.floor(Date.now() / 1000)));
    endWithoutSession(this.provider);
    this.provider.on('server_error', (_ctx, error) => noteFailure(error));
    this.door = doorTo(this.provider);
    this.published = new KeySet(() => Promise.resolve({ issuer, keys: parts.keys.map(publicHalf) }));
  }

  /** Work with the engine's models, in the transaction of the visit. */
  during<T>(visit: Visit, work: (provider: Provider) => T): T {
    return duringVisit(visit, () => work(this.provider));
  }

  /** What it answers. Throws what kept it from answering, so that the transaction is undone. */
  async answer(visit: Visit, request: EngineRequest): Promise<EngineResponse> {
    const response = await duringVisit(visit, () => this.ask(request));
    if (response.status >= 500) throw visit.failure ?? internal();
    return response;
  }

  /** What an endpoint answers to the form of a client that has shown who it is. */
  async askAs(client: ApiClient, visit: Visit, { url, form, dpop }: ClientRequest): Promise<EngineResponse> {
    const proof: Record<string, string> = dpop === undefined ? {} : { dpop };
    const headers = client.authMethod === 'none' ? proof : { ...proof, authorization: basic(client.id) };
    const body = new URLSearchParams([...form, ['client_id', client.id]]).toString();
    return this.answer(visit, { method: 'POST', url, headers: { ...headers, 'content-type': FORM_TYPE }, body });
  }

  /** What the token endpoint answers. */
  async token(client: ApiClient, visit: Visit, request: Omit<ClientRequest, 'url'>): Promise<EngineAnswer> {
    const { status, body } = await this.askAs(client, visit, { url: routes.token, ...request });
    const answer = JSON.parse(body) as TokenBody & { error: string; error_description: string };
    return status === 200 ? { ok: true, body: answer } : { ok: false, error: answer.error, description: answer.error_description };
  }

  /** The id of an access token of ours, which is what the engine knows it by; undefined for any other text. */
  idOf(accessToken: string): Promise<string | undefined> {
    return verifyEs256(accessToken, this.published, { typ: 'at+jwt', audience: API_AUDIENCE }).then(
      ({ jti }) => jti,
      () => undefined,
    );
  }

  /** Begins an authorization of the client for itself. Answers its id. */
  newGrant(visit: Visit, { id }: ApiClient, scope: string): Promise<string> {
    return this.during(visit, (provider) => {
      const grant = new provider.Grant({ clientId: id, accountId: id });
      grant.addResourceScope(API_AUDIENCE, scope);
      return grant.save();
    });
  }

  /** The first refresh token of such an authorization. */
  newRefreshToken(visit: Visit, { id }: ApiClient, { grantId, scope }: { grantId: string; scope: string }): Promise<string> {
    return this.during(visit, async (provider) => {
      const client = await provider.Client.find(id);
      if (!client) throw internal();
      const token = new provider.RefreshToken({ client, accountId: id, grantId, gty: 'client_credentials', scope, resource: API_AUDIENCE, rotations: 0 });
      return token.save();
    });
  }

  /** A document that the engine publishes: its metadata, its keys. */
  async document(url: string): Promise<Record<string, unknown>> {
    const { body } = await this.ask({ method: 'GET', url });
    return JSON.parse(body) as Record<string, unknown>;
  }

  private async ask({ method, url, headers, body }: EngineRequest): Promise<EngineResponse> {
    const { host, protocol } = new URL(this.issuer);
    const request: InjectOptions = { method, url, headers: { ...headers, host, 'x-forwarded-proto': protocol.slice(0, -1) } };
    const response = await this.door.inject(body === undefined ? request : { ...request, payload: body });
    return { status: response.statusCode, headers: present(response.headers), body: response.body };
  }
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** RFC 6749, 2.3.1: both halves are form-encoded. */
const basic = (id: string): string => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${NOT_A_SECRET}`).toString('base64')}`;

/** An application without a port: requests come in by `inject` only. It leaves bodies unread, the engine reads them itself. */
function doorTo(provider: Provider): FastifyInstance {
  const door = fastify({ routerOptions: { maxParamLength: 16 * 1024 } });
  const answer = provider.callback();
  door.removeAllContentTypeParsers();
  door.addContentTypeParser('*', (_request, _payload, done) => done(null));
  door.all('*', (request, reply) => {
    reply.hijack();
    return answer(request.raw, reply.raw);
  });
  return door;
}

const present = (headers: OutgoingHttpHeaders): EngineResponse['headers'] =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value : String(value)]])));
