import { randomBytes } from 'node:crypto';
import { type ClickToCallMode, type ClientAuthMethod, type ClientDto, type ClientJwks, COVIU_SCOPE } from '@parley/dto';
import { digestOf, hasDigest } from '../secret-digest.js';

/** A row of the table, its columns in our names. */
export interface ClientRow {
  id: string;
  orgId: string;
  name: string;
  /** Neither the client nor its org is disabled. */
  active: boolean;
  scopes: string[];
  grantTypes: string[];
  redirectUris: string[];
  clickToCall: ClickToCallMode;
  queryToken: boolean;
  authMethod: ClientAuthMethod;
  jwks: ClientJwks | null;
}

/** What an API client may do unless it is told otherwise: everything of its own org under `/v1` (coviu.md, C1). */
export const apiClientDefaults = { scopes: [COVIU_SCOPE], grantTypes: ['client_credentials', 'refresh_token'] };

/**
 * 256 random bits: what an HS256 key needs at least (RFC 7518, 3.2). Base64url only, because clients send it raw where RFC 6749,
 * 2.3.1, has it form-decoded: a `+` or `%` would arrive as something else.
 */
export const newClientSecret = (): string => randomBytes(32).toString('base64url');

/** What an id of ours can look like; PostgreSQL would refuse some of what people send (a NUL) with an error. */
export const isClientId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

/** An API client of an org, with the secrets that are valid now; opened, so it never leaves this process. */
export class ApiClient {
  constructor(
    private readonly row: ClientRow,
    /** The newest first. */
    readonly secrets: readonly string[] = [],
    /** Of the secrets, in their order. */
    private readonly secretIds: readonly string[] = [],
  ) {}

  get id(): string {
    return this.row.id;
  }

  get orgId(): string {
    return this.row.orgId;
  }

  get active(): boolean {
    return this.row.active;
  }

  get scopes(): readonly string[] {
    return this.row.scopes;
  }

  /** Whoever places calls for users redeems codes, whenever that was turned on. */
  get grantTypes(): readonly string[] {
    const { grantTypes, clickToCall } = this.row;
    return clickToCall === 'off' || grantTypes.includes('authorization_code') ? grantTypes : [...grantTypes, 'authorization_code'];
  }

  get name(): string {
    return this.row.name;
  }

  /** Compared as text, character by character (RFC 9700, 2.1). */
  get redirectUris(): readonly string[] {
    return this.row.redirectUris;
  }

  get clickToCall(): ClickToCallMode {
    return this.row.clickToCall;
  }

  /** Whether tokens may be handed to it in the query of an address. */
  get queryToken(): boolean {
    return this.row.queryToken;
  }

  /** How it shows who it is; `client_secret_basic` stands for a secret, wherever it is sent. */
  get authMethod(): ClientAuthMethod {
    return this.row.authMethod;
  }

  /** The public keys of `private_key_jwt`. */
  get jwks(): ClientJwks | null {
    return this.row.jwks;
  }

  /** Tries every secret, always all of them, in a time that says nothing of how much was right. */
  accepts(secret: string): boolean {
    return hasSecret(this.secrets, secret);
  }

  /** Under which id it is kept. */
  secretId(secret: string): string | undefined {
    return this.secretIds[this.secrets.indexOf(secret)];
  }

  toDto(): ClientDto {
    const { id, orgId, name, active } = this.row;
    return { clientId: id, orgId, name, active };
  }
}

function hasSecret(secrets: readonly string[], given: string): boolean {
  const wanted = digestOf(given);
  return secrets.filter((secret) => hasDigest(secret, wanted)).length > 0;
}
