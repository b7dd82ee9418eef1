import { CALL_SCOPE, type ClientAdminDto, type ClientChange, COVIU_SCOPE, type NewClient } from '@parley/dto';
import { publicClient, signsNothing } from '../clients/clients.errors.js';

/** What is registered of a client: a row of the table, its columns in our names. */
export type RegisteredClientRow = Omit<ClientAdminDto, 'clientId'> & { id: string };

/** What holds where a client says nothing of it. */
const withoutWishes: Pick<RegisteredClientRow, 'queryToken' | 'redirectUris' | 'tokenEndpointAuthMethod' | 'jwks' | 'limits'> = {
  queryToken: false,
  redirectUris: [],
  tokenEndpointAuthMethod: 'client_secret_basic',
  jwks: null,
  limits: { callsPerUser: null },
};

/** Without what is undefined. */
const named = (fields: object): Partial<RegisteredClientRow> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Scopes that say more of a client than of a person. */
const forKnownClients: readonly string[] = ['admin', 'introspect'];

/** What fits together, whether it is registered or changed. */
function possible(row: RegisteredClientRow): RegisteredClientRow {
  const { tokenEndpointAuthMethod: method, clickToCall, scopes, jwks } = row;
  if (method === 'none' && (clickToCall !== 'off' || scopes.some((scope) => forKnownClients.includes(scope)))) throw publicClient();
  if (method !== 'private_key_jwt' && jwks !== null) throw signsNothing();
  return row;
}

/** A client as it was registered, whatever secrets it has. */
export class RegisteredClient {
  constructor(private row: RegisteredClientRow) {}

  /** Without grant types it speaks the Coviu API, unless it is to place calls for users (click-to-call.md, Admin interface). */
  static from(id: string, orgId: string, wishes: NewClient): RegisteredClient {
    const { name, clickToCall = 'off' } = wishes;
    const grantTypes = wishes.grantTypes ?? (clickToCall === 'off' ? ['client_credentials', 'refresh_token'] : ['authorization_code', 'refresh_token']);
    const forUsers = clickToCall !== 'off' || grantTypes.includes('authorization_code');
    const scopes = wishes.scopes ?? [forUsers ? CALL_SCOPE : COVIU_SCOPE];
    return new RegisteredClient(possible({ ...withoutWishes, ...named(wishes), id, orgId, name, active: true, clickToCall, grantTypes, scopes }));
  }

  get id(): string {
    return this.row.id;
  }

  get active(): boolean {
    return this.row.active;
  }

  /** It shows to nobody who it is: a secret would be good for nothing. */
  get isPublic(): boolean {
    return this.row.tokenEndpointAuthMethod === 'none';
  }

  /** What the table is to hold. */
  get state(): Readonly<RegisteredClientRow> {
    return this.row;
  }

  /** @throws `client.public`, `client.no_keys` */
  change({ limits = {}, ...change }: ClientChange): void {
    const { callsPerUser = this.row.limits.callsPerUser } = limits;
    this.row = possible({ ...this.row, ...named(change), limits: { callsPerUser } });
  }

  toDto(): ClientAdminDto {
    const { id: clientId, ...rest } = this.row;
    return { clientId, ...rest };
  }
}
