import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/persistence';
import { byClient, recordAct } from '../audit/record-act.js';
import type { ApiClient } from '../clients/client.entity.js';
import { EngineHolder } from '../oauth/engine-holder.js';
import { Visits } from '../oauth/visits.js';
import type { ClientRequest, Engine, EngineResponse } from '../engine/engine.js';
import { routes } from '../engine/routes.js';
import type { Visit } from '../engine/visit.js';
import { ClientAuthentication } from '../tokens/client-authentication.js';
import { credentialParameters, type Presented } from '../tokens/client-credentials.js';
import type { Form } from '../tokens/form.js';
import { invalidRequest, refusedByEngine } from '../tokens/tokens.errors.js';

export interface ClientCall {
  presented: Presented;
  form: Form;
  /** RFC 9449, 10. */
  dpop?: string | undefined;
}

export type Json = Record<string, unknown>;

/** A token as the engine knows it: an access token by its `jti`, any other by itself. */
interface Known {
  token: string;
  token_type_hint: 'access_token' | 'refresh_token';
}

const inactive: Json = { active: false };
const isJwt = (token: string): boolean => token.split('.').length === 3;

/** What a client that shows who it is may ask besides tokens. */
@Injectable()
export class ClientEndpointsService {
  constructor(
    private readonly visits: Visits,
    private readonly authentication: ClientAuthentication,
    private readonly engines: EngineHolder,
  ) {}

  /** RFC 7662. What the client may not see is inactive, and so is what is no token at all. */
  async introspect({ presented, form }: ClientCall): Promise<Json> {
    const client = await this.authentication.authenticateAndAdmit(presented);
    const known = await knownBy(await this.engines.get(), form);
    if (!known) return inactive;
    const { body } = await this.ask(client, { url: routes.introspection, form: fieldsOf(known) });
    const seen = JSON.parse(body) as Json;
    if (known.token_type_hint === 'access_token') return seen['active'] === true ? { ...seen, jti: known.token } : inactive;
    return seen['token_type'] === undefined ? seen : inactive; // the mere id of an access token is none
  }

  /** RFC 7009: the client's own tokens. Of any other nothing is told, not even that it is one. */
  async revoke({ presented, form }: ClientCall): Promise<void> {
    const client = await this.authentication.authenticateAndAdmit(presented);
    const known = await knownBy(await this.engines.get(), form);
    if (known) await this.ask(client, { url: routes.revocation, form: fieldsOf(known) }, recordRevocation);
  }

  /** RFC 9126. */
  async push({ presented, form, dpop }: ClientCall): Promise<Json> {
    return this.begin(routes.pushed_authorization_request, { presented, form, dpop });
  }

  /** RFC 8628, 3.1. */
  async startDevice({ presented, form }: ClientCall): Promise<Json> {
    return this.begin(routes.device_authorization, { presented, form });
  }

  private async begin(url: string, { presented, form, dpop }: ClientCall): Promise<Json> {
    const client = await this.authentication.authenticateAndAdmit(presented);
    const { body } = await this.ask(client, { url, form: form.without(credentialParameters), dpop });
    return JSON.parse(body) as Json;
  }

  /** A refusal may have written something, too: it is thrown after the commit. */
  private async ask(client: ApiClient, request: ClientRequest, record?: typeof recordRevocation): Promise<EngineResponse> {
    const response = await this.visits.asClient(client, async ({ tx, visit, engine }) => {
      const answer = await engine.askAs(client, visit, request);
      record?.(tx, client, visit);
      return answer;
    });
    if (response.status < 400) return response;
    const { error, error_description: description } = JSON.parse(response.body) as { error: string; error_description: string };
    throw refusedByEngine(error, description);
  }
}

/** If there was anything to revoke. */
function recordRevocation(tx: Tx, client: ApiClient, { endedGrant, endedToken }: Visit): void {
  const ended = endedGrant === undefined ? endedToken && { kind: 'token', id: endedToken } : { kind: 'grant', id: endedGrant };
  if (ended) recordAct(tx, byClient(client), { orgId: client.orgId, act: 'tokens.revoked', target: ended });
}

const fieldsOf = ({ token, token_type_hint: hint }: Known): [string, string][] => [['token', token], ['token_type_hint', hint]];

async function knownBy(engine: Engine, form: Form): Promise<Known | undefined> {
  const token = form.one('token');
  if (!token) throw invalidRequest('token is missing');
  if (!isJwt(token)) return { token, token_type_hint: 'refresh_token' };
  const id = await engine.idOf(token);
  return id === undefined ? undefined : { token: id, token_type_hint: 'access_token' };
}
