import type { Form } from './form.js';
import { invalidClient, invalidRequest } from './tokens.errors.js';

/** What a client presents to show who it is. */
export interface Presented {
  clientId: string;
  secret: string;
}

/** HTTP Basic alone (coviu.md, C1). */
export function basicCredentials(authorization: string | undefined): Presented {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
  const [clientId, ...secret] = utf8(encoded ?? '').split(':');
  return present(formDecoded(clientId ?? ''), formDecoded(secret.join(':')));
}

/** HTTP Basic, or `client_id` and `client_secret` in the body, never both (RFC 6749, 2.3 and 2.3.1). */
export function anyCredentials(authorization: string | undefined, form: Form): Presented {
  const [clientId, secret] = [form.one('client_id'), form.one('client_secret')];
  if (authorization === undefined) return present(clientId, secret);
  if (secret !== undefined) throw invalidRequest('Authenticate in the header or in the body, not in both');
  const presented = basicCredentials(authorization);
  if (clientId !== undefined && clientId !== presented.clientId) throw invalidRequest('client_id is another than the one in the header');
  return presented;
}

function present(clientId: string | undefined, secret: string | undefined): Presented {
  if (!clientId || !secret) throw invalidClient();
  return { clientId, secret };
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
