import { type CallRule, callRuleChanged, SYSTEM_ORG } from '@parley/dto';
import type { ReadTx, Tx } from '@parley/persistence';
import { effectiveLimits } from '../settings/effective-limits.js';

/** Whose limits; of everyone there is one row. */
export type RuleOf = { kind: 'everyone' } | { kind: Exclude<CallRule['kind'], 'everyone'>; orgId: string; key: string };

interface RuleRow {
  key: string;
  version: number;
  callsPerUser: number | null;
  ongoingCalls: number | null;
  username: string | null;
}

const columns = (ongoing: string, username: string): string =>
  `limits_version as version, calls_per_user as "callsPerUser", ${ongoing} as "ongoingCalls", ${username} as username`;

/** Where each kind of rule stands. */
const tables = {
  everyone: { table: 'system_setting', columns: `'all' as key, ${columns('ongoing_calls', 'null')}`, where: 'only_one' },
  org: { table: 'org', columns: `id::text as key, ${columns('ongoing_calls', 'null')}`, where: 'id = $1::uuid and id = $2::uuid' },
  client: { table: 'api_client', columns: `id as key, ${columns('null::int', 'null')}`, where: 'org_id = $1::uuid and id = $2' },
  user: { table: 'app_user', columns: `id::text as key, ${columns('null::int', 'username')}`, where: 'org_id = $1::uuid and id = $2::uuid' },
} as const;

const paramsOf = (of: RuleOf): string[] => (of.kind === 'everyone' ? [] : [of.orgId, of.key]);

export async function readRule(tx: ReadTx, of: RuleOf): Promise<CallRule | undefined> {
  const { table, columns: read, where } = tables[of.kind];
  const [row] = await tx.query<RuleRow>(`select ${read} from ${table} where ${where}`, paramsOf(of));
  return row && toRule(of.kind, row);
}

/** Tells the new rule whole, in the transaction that has changed it. The caller holds the lock of its row. */
export async function tellRule(tx: Tx, of: RuleOf): Promise<void> {
  const { table, columns: read, where } = tables[of.kind];
  const [row] = await tx.query<RuleRow>(`update ${table} set limits_version = limits_version + 1 where ${where} returning ${read}`, paramsOf(of));
  if (!row) throw new Error(`the limits of ${of.kind} were changed and are not there`);
  const orgId = of.kind === 'everyone' ? SYSTEM_ORG : of.orgId;
  tx.emit(callRuleChanged, { aggregate: `call-rule/${of.kind}/${row.key}`, sequence: row.version, orgId, data: toRule(of.kind, row) });
}

/** For everyone something always holds, whether or not the operator has set it. */
function toRule(kind: CallRule['kind'], row: RuleRow): CallRule {
  return { kind, ...row, ...(kind === 'everyone' ? effectiveLimits(row) : {}) };
}
