import { ADMIN_SCOPE } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import type { AuthSystem, TestClient } from './auth-system.fixture.e2e.js';

export const OPERATOR_TOKEN = 'the-operator-s-token-of-this-spec';

export const operator: Actor = { kind: 'access', orgId: '', clientId: 'operator', subject: 'operator', scopes: [ADMIN_SCOPE], operator: true };

/** A client that may administer its org; its scope is in the database, too. */
export async function newAdmin(auth: AuthSystem): Promise<{ client: TestClient; actor: Actor }> {
  const client = await auth.newClient();
  await auth.sql(`update api_client set scopes = scopes || '{admin}' where id = $1`, [client.clientId]);
  const { orgId, clientId } = client;
  return { client, actor: { kind: 'access', orgId, clientId, subject: clientId, scopes: [ADMIN_SCOPE] } };
}
