import type { ClickToCallMode } from '@parley/dto';
import type { Form } from '../tokens/form.js';
import { challengeUnusable, clientRefused, implicitOff, parameterMissing, redirectRefused, responseTypeUnknown, scopeRefused } from './click-to-call.errors.js';

/** What an application asks of a person; every hop carries it, and every hop checks it again (click-to-call.md). */
export interface CallAuthorization {
  clientId: string;
  responseType: 'code' | 'token';
  redirectUri: string;
  /** As it was written. */
  scope: string;
  state?: string | undefined;
  /** RFC 7636, S256: what the code is bound to. */
  challenge?: string | undefined;
}

/** What is registered of the application. */
export interface CallApplication {
  /** Neither it nor its org is disabled. */
  active: boolean;
  clickToCall: ClickToCallMode;
  redirectUris: readonly string[];
  scopes: readonly string[];
}

const CHALLENGE = /^[\w-]{43}$/;

/** Reads a query or a form. Fields that it doesn't know are ignored. */
export function readAuthorization(from: Form): CallAuthorization {
  const [clientId, responseType, redirectUri, scope] = ['client_id', 'response_type', 'redirect_uri', 'scope'].map((name) => required(from, name)) as [string, string, string, string];
  if (responseType !== 'code' && responseType !== 'token') throw responseTypeUnknown();
  return { clientId, responseType, redirectUri, scope, state: from.one('state'), challenge: responseType === 'code' ? challengeIn(from) : undefined };
}

export function required(from: Form, name: string): string {
  const value = from.one(name);
  if (value === undefined) throw parameterMissing(name);
  return value;
}

/** Whether this application may ask it. What makes it unsafe to send anybody back comes first. */
export function admit<Application extends CallApplication>(application: Application | undefined, asked: CallAuthorization): Application {
  const admitted = admitRedirect(application, asked.redirectUri);
  if (asked.responseType === 'token' && admitted.clickToCall !== 'implicit') throw implicitOff();
  const scopes = scopesOf(asked);
  if (scopes.length === 0 || !scopes.every((scope) => admitted.scopes.includes(scope))) throw scopeRefused();
  return admitted;
}

/** Compared as text, character by character (RFC 9700, 2.1). */
export function admitRedirect<Application extends CallApplication>(application: Application | undefined, redirectUri: string): Application {
  if (!application?.active || application.clickToCall === 'off') throw clientRefused();
  if (!application.redirectUris.includes(redirectUri)) throw redirectRefused();
  return application;
}

export const scopesOf = ({ scope }: CallAuthorization): string[] => [...new Set(scope.split(' ').filter(Boolean))];

/** As it travels on: in addresses, in forms, in JSON. */
export function parametersOf({ clientId, responseType, redirectUri, scope, state, challenge }: CallAuthorization): Record<string, string> {
  return {
    client_id: clientId,
    response_type: responseType,
    redirect_uri: redirectUri,
    scope,
    ...(state === undefined ? {} : { state }),
    ...(challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
  };
}

function challengeIn(from: Form): string | undefined {
  const [challenge, method] = [from.one('code_challenge'), from.one('code_challenge_method')];
  if (challenge === undefined) return undefined;
  if (method !== 'S256' || !CHALLENGE.test(challenge)) throw challengeUnusable();
  return challenge;
}
