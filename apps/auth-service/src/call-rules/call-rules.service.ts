import { Injectable } from '@nestjs/common';
import type { confirmAdministrator, findCallRules, readTokenCarriage, ReplyOf, RequestOf } from '@parley/dto';
import { Database, type ReadTx } from '@parley/persistence';
import { isUuid } from '@parley/platform';
import { isClientId } from '../clients/client.entity.js';
import { readRule, type RuleOf } from './call-rules.js';

/** What the call service and the gateway must know of clients and users to let a call through. */
@Injectable()
export class CallRulesService {
  constructor(private readonly db: Database) {}

  find({ orgId, clientId, user }: RequestOf<typeof findCallRules>): Promise<ReplyOf<typeof findCallRules>> {
    return this.db.read(async (tx) => {
      const userId = await userIdOf(tx, orgId, user);
      if (userId === undefined) return null;
      const wanted: RuleOf[] = [{ kind: 'everyone' }, { kind: 'org', orgId, key: orgId }, { kind: 'user', orgId, key: userId }];
      if (clientId !== null) wanted.push({ kind: 'client', orgId, key: clientId });
      const rules = [];
      for (const each of wanted) rules.push(await readRule(tx, each));
      return { userId, loggedIn: await isLoggedIn(tx, userId), rules: rules.flatMap((rule) => rule ?? []) };
    });
  }

  async confirm({ orgId, clientId }: RequestOf<typeof confirmAdministrator>): Promise<ReplyOf<typeof confirmAdministrator>> {
    const sql = `select from api_client c join org o on o.id = c.org_id where c.id = $1 and c.org_id = $2::uuid and c.active and o.active and 'admin' = any(c.scopes)`;
    const found = isUuid(orgId) ? await this.db.query(sql, [clientId, orgId]) : [];
    return { confirmed: found.length > 0 };
  }

  async carriage({ clientId }: RequestOf<typeof readTokenCarriage>): Promise<ReplyOf<typeof readTokenCarriage>> {
    const found = isClientId(clientId) ? await this.db.query('select from api_client where id = $1 and query_token', [clientId]) : [];
    return { queryToken: found.length > 0 };
  }
}

/** An id before a username: nobody is found by a name that looks like somebody else's id. */
async function userIdOf(tx: ReadTx, orgId: string, user: string): Promise<string | undefined> {
  if (!isUuid(orgId)) return undefined;
  const by = (column: string, value: string) => tx.query<{ id: string }>(`select id from app_user where org_id = $1 and ${column} = $2`, [orgId, value]);
  const [byId] = isUuid(user) ? await by('id', user) : [];
  const [found] = byId ? [byId] : await by('username', user.normalize('NFC'));
  return found?.id;
}

/** While a login goes on in any browser. */
async function isLoggedIn(tx: ReadTx, userId: string): Promise<boolean> {
  const live = await tx.query(`select from oauth_artifact where model = 'Session' and payload->>'accountId' = $1 and expires_at > parley_now() limit 1`, [userId]);
  return live.length > 0;
}
