import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientDto, COVIU_SCOPE } from '@parley/dto';

/** A row of the table, its columns in our names. */
export interface ClientRow {
  id: string;
  orgId: string;
  name: string;
  /** Neither the client nor its org is disabled. */
  active: boolean;
  scopes: string[];
  grantTypes: string[];
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

  get grantTypes(): readonly string[] {
    return this.row.grantTypes;
  }

  /** Tries every secret, always all of them, in a time that says nothing of how much was right. */
  accepts(secret: string): boolean {
    return hasSecret(this.secrets, secret);
  }

  toDto(): ClientDto {
    const { id, orgId, name, active } = this.row;
    return { clientId: id, orgId, name, active };
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function hasSecret(secrets: readonly string[], given: string): boolean {
  const wanted = digest(given);
  return secrets.filter((secret) => timingSafeEqual(digest(secret), wanted)).length > 0;
}
