import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ReadTx, Sealer, type Tx, uuidv7 } from '@parley/persistence';
import { ApiClient, type ClientRow, isClientId } from './client.entity.js';
import { clientNotFound } from './clients.errors.js';

interface NewClient {
  name: string;
  scopes: string[];
  grantTypes: string[];
}

interface SecretRow {
  id: string;
  sealed: string;
}

const columns = `c.id, c.org_id as "orgId", c.name, c.active and o.active as active, c.scopes, c.grant_types as "grantTypes", c.redirect_uris as "redirectUris",
  c.click_to_call as "clickToCall", c.query_token as "queryToken", c.auth_method as "authMethod", c.jwks`;
const from = 'from api_client c join org o on o.id = c.org_id';
const validSecrets = `
  (select coalesce(json_agg(json_build_object('id', s.id, 'sealed', s.sealed) order by s.created desc, s.id desc), '[]')
   from client_secret s where s.client_id = c.id and (s.valid_until is null or s.valid_until > parley_now()))`;

const sealContext = (secretId: string, orgId: string) => ({ table: 'client_secret', row: secretId, org: orgId });

@Injectable()
export class ClientsRepository {
  constructor(private readonly sealer: Sealer) {}

  /** Without its secrets. */
  async get(tx: ReadTx, orgId: string, clientId: string): Promise<ApiClient> {
    const [row] = isClientId(clientId) ? await tx.query<ClientRow>(`select ${columns} ${from} where c.org_id = $1 and c.id = $2`, [orgId, clientId]) : [];
    if (!row) throw clientNotFound();
    return new ApiClient(row);
  }

  /** With its secrets, to verify what was signed with one: whose it is is the question here, so there is no org to ask for. */
  async findWithSecrets(tx: Pick<ReadTx, 'query'>, clientId: string): Promise<ApiClient | undefined> {
    const [row] = await tx.query<ClientRow & { secrets: SecretRow[] }>(`select ${columns}, ${validSecrets} as secrets ${from} where c.id = $1`, [clientId]);
    if (!row) return undefined;
    const secrets = row.secrets.map(({ id, sealed }) => this.sealer.open(sealed, sealContext(id, row.orgId)));
    return new ApiClient(row, secrets, row.secrets.map(({ id }) => id));
  }

  /** The id is random and not a UUIDv7, as ids of people are: both stand in `sub` of tokens and must never be equal. */
  async insert(tx: Tx, orgId: string, { name, scopes, grantTypes }: NewClient): Promise<string> {
    const id = randomUUID();
    await tx.query('insert into api_client (id, org_id, name, scopes, grant_types) values ($1, $2, $3, $4, $5)', [id, orgId, name, scopes, grantTypes]);
    return id;
  }

  async insertSecret(tx: Tx, orgId: string, { clientId, secret }: { clientId: string; secret: string }): Promise<void> {
    const id = uuidv7();
    const sealed = this.sealer.seal(secret, sealContext(id, orgId));
    await tx.query('insert into client_secret (id, client_id, sealed) select $1, id, $4 from api_client where org_id = $2 and id = $3', [id, orgId, clientId, sealed]);
  }
}
