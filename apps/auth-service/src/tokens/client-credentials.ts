import { decodeJwt } from 'jose';
import type { Form } from './form.js';
import { invalidClient, invalidRequest } from './tokens.errors.js';

/** What a client presents to show who it is. */
export type Presented =
  | { kind: 'secret'; clientId: string; secret: string }
  | { kind: 'assertion'; clientId: string; assertion: string }
  | { kind: 'nothing'; clientId: string };

/** Parameters of a form that are about who the client is. */
export const credentialParameters = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/** RFC 7523, 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** HTTP Basic alone (coviu.md, C1). */
export function basicCredentials(authorization: string | undefined): Presented {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
  const [clientId, ...secret] = utf8(encoded ?? '').split(':');
  return withSecret(formDecoded(clientId ?? ''), formDecoded(secret.join(':')));
}

/** HTTP Basic, or `client_id` and `client_secret` in the body, or an assertion, or a mere `client_id`; never two of them (RFC 6749, 2.3). */
export function anyCredentials(authorization: string | undefined, form: Form): Presented {
  const [clientId, secret, assertion] = [form.one('client_id'), form.one('client_secret'), form.one('client_assertion')];
  if ([authorization, secret, assertion].filter((each) => each !== undefined).length > 1) throw invalidRequest('Authenticate in one way, not in two');
  const presented = presentedBy({ authorization, clientId, secret, assertion });
  if (presented.kind === 'assertion' && form.one('client_assertion_type') !== ASSERTION_TYPE) throw invalidRequest(`client_assertion_type must be ${ASSERTION_TYPE}`);
  if (clientId !== undefined && clientId !== presented.clientId) throw invalidRequest('client_id is another than the one that authenticates');
  return presented;
}

function presentedBy({ authorization, clientId, secret, assertion }: Record<'authorization' | 'clientId' | 'secret' | 'assertion', string | undefined>): Presented {
  if (authorization !== undefined) return basicCredentials(authorization);
  if (assertion !== undefined) return { kind: 'assertion', clientId: subjectOf(assertion), assertion };
  if (secret !== undefined) return withSecret(clientId, secret);
  if (clientId === undefined) throw invalidClient();
  return { kind: 'nothing', clientId };
}

function withSecret(clientId: string | undefined, secret: string | undefined): Presented {
  if (!clientId || !secret) throw invalidClient();
  return { kind: 'secret', clientId, secret };
}

/** Whom it names; whether it is theirs is seen later. */
function subjectOf(assertion: string): string {
  try {
    return String(decodeJwt(assertion).sub);
  } catch {
    throw invalidClient();
  }
}

function utf8(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw invalidClient();
  }
}

/** The two halves are form-encoded before they are joined (RFC 6749, 2.3.1); our own ids and secrets look the same either way. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}
