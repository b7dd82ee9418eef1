import { Injectable } from '@nestjs/common';
import type { ClientSecretDto, ListOf, ListPage } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';
import { isClientId } from '../clients/client.entity.js';
import { clientNotFound } from '../clients/clients.errors.js';
import { ClientsRepository } from '../clients/clients.repository.js';
import { listAfter } from '../list-after.js';
import { RegisteredClient, type RegisteredClientRow } from './registered-client.entity.js';

const columns = `id, org_id as "orgId", name, active, grant_types as "grantTypes", redirect_uris as "redirectUris",
  click_to_call as "clickToCall", query_token as "queryToken", scopes, auth_method as "tokenEndpointAuthMethod", jwks,
  json_build_object('callsPerUser', calls_per_user) as limits`;

@Injectable()
export class RegistrationsRepository {
  constructor(private readonly clients: ClientsRepository) {}

  get(tx: ReadTx, orgId: string, clientId: string): Promise<RegisteredClient> {
    return this.one(tx, orgId, { clientId, locking: '' });
  }

  lock(tx: Tx, orgId: string, clientId: string): Promise<RegisteredClient> {
    return this.one(tx, orgId, { clientId, locking: 'for update' });
  }

  list(tx: ReadTx, orgId: string, page: ListPage): Promise<ListOf<RegisteredClient>> {
    const spec = { sql: `select ${columns}, ordinal from api_client where org_id = $1`, params: [orgId] };
    return listAfter<RegisteredClientRow & { ordinal: number }, RegisteredClient>(tx, spec, page, ({ ordinal: _ordinal, ...row }) => new RegisteredClient(row));
  }

  async insert(tx: Tx, { state: { id, orgId, name, grantTypes, redirectUris, clickToCall, queryToken, scopes, tokenEndpointAuthMethod, jwks } }: RegisteredClient): Promise<void> {
    await tx.query(
      `insert into api_client (id, org_id, name, grant_types, redirect_uris, click_to_call, query_token, scopes, auth_method, jwks)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [id, orgId, name, grantTypes, redirectUris, clickToCall, queryToken, scopes, tokenEndpointAuthMethod, jwks],
    );
  }

  async save(tx: Tx, { state: { id, orgId, name, active, redirectUris, clickToCall, queryToken, scopes, limits, jwks } }: RegisteredClient): Promise<void> {
    await tx.query(
      `update api_client set name = $3, active = $4, redirect_uris = $5, click_to_call = $6, query_token = $7, scopes = $8, calls_per_user = $9, jwks = $10 where org_id = $1 and id = $2`,
      [orgId, id, name, active, redirectUris, clickToCall, queryToken, scopes, limits.callsPerUser, jwks],
    );
  }

  insertSecret(tx: Tx, orgId: string, of: { clientId: string; secret: string }): Promise<void> {
    return this.clients.insertSecret(tx, orgId, of);
  }

  /** Those that are valid, the newest first. */
  listSecrets(tx: ReadTx, clientId: string): Promise<ClientSecretDto[]> {
    const seconds = (column: string): string => `floor(extract(epoch from ${column}))::bigint`;
    return tx.query(
      `select id as "secretId", ${seconds('created')} as created, ${seconds('valid_until')} as "validUntil", ${seconds('last_used')} as "lastUsed"
       from client_secret where client_id = $1 and (valid_until is null or valid_until > parley_now()) order by created desc, id desc`,
      [clientId],
    );
  }

  /** Of the client's secrets those that are over go, and the others have this long. Answers how many go on. */
  async endSecrets(tx: Tx, clientId: string, overlapSeconds: number): Promise<number> {
    await tx.query('delete from client_secret where client_id = $1 and valid_until <= parley_now()', [clientId]);
    const going = await tx.query(
      `update client_secret set valid_until = least(valid_until, parley_now() + make_interval(secs => $2)) where client_id = $1 returning 1`,
      [clientId, overlapSeconds],
    );
    return going.length;
  }

  private async one(tx: ReadTx, orgId: string, { clientId, locking }: { clientId: string; locking: '' | 'for update' }): Promise<RegisteredClient> {
    const sql = `select ${columns} from api_client where org_id = $1 and id = $2 ${locking}`;
    const [row] = isClientId(clientId) ? await tx.query<RegisteredClientRow>(sql, [orgId, clientId]) : [];
    if (!row) throw clientNotFound();
    return new RegisteredClient(row);
  }
}
