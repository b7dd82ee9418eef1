import type { PoolClient, QueryResult } from 'pg';
import type { OnceOnly } from '@parley/platform';
import { inProgress, keyReused, secretGone } from './idempotency.errors.js';
import type { SealedTable } from './sealer-rewrap.js';
import type { Sealer, SealContext } from './sealer.js';
import type { Query } from './transaction.js';

/** What a transaction under the same key returned. */
export interface Kept {
  result: unknown;
}

interface KeptRow {
  fingerprint: string;
  reply: string;
  tellsSecrets: boolean;
}

const KEPT_FOR = `interval '24 h'`;
const SECRET_FOR = `interval '10 min'`;
/** What expires later than this was kept so lately that it still tells its secret. */
const SECRETS_END = `parley_now() + ${KEPT_FOR} - ${SECRET_FOR}`;

/** JSON begins with no letter `v`, a sealed text does. */
const SEALED = `reply like 'v1.%'`;

/** Forgets keys that are over, and secrets earlier. */
export const forgetIdempotency = [
  'delete from idempotency where expires_at < parley_now()',
  `update idempotency set reply = '' where ${SEALED} and expires_at < ${SECRETS_END}`,
];

/** The replies that are kept sealed, as long as they are told. A key holds no blank, so key and client are told apart. */
export const keptSecrets: SealedTable = {
  table: 'idempotency',
  row: `t.key || ' ' || t.client_id`,
  org: 't.org_id',
  sealed: 'reply',
  only: `${SEALED} and t.expires_at > ${SECRETS_END}`,
};

const keepSql = `
insert into idempotency (org_id, client_id, key, fingerprint, reply, expires_at) values ($1, $2, $3, $4, $5, parley_now() + ${KEPT_FOR})
on conflict (org_id, client_id, key) do update set fingerprint = excluded.fingerprint, reply = excluded.reply, expires_at = excluded.expires_at`;

/**
 * The first transaction of a request that takes effect once (coviu.md, I): it is the effect. Under a key it keeps what it returns beside its effect, and
 * a later one returns that instead of taking effect. What it returns is JSON, so that both are the same.
 */
export class OnceWrite {
  private constructor(
    private readonly request: OnceOnly,
    private readonly sealer: Sealer | undefined,
  ) {}

  /** Undefined for all other work, also for what a request does after its effect: that is done again when the request comes again. */
  static of(request: OnceOnly | undefined, sealer: Sealer | undefined): OnceWrite | undefined {
    return request && !request.written ? new OnceWrite(request, sealer) : undefined;
  }

  /**
   * Behind `begin`: takes the key, which is free again when the transaction ends, and reads what is kept under it. A statement each:
   * the second must see what a transaction committed that held the key before.
   */
  claimSql(client: Pick<PoolClient, 'escapeLiteral'>): string[] | undefined {
    if (!this.request.idempotency) return undefined;
    const [org, clientId, key] = this.ids.map((id) => client.escapeLiteral(id));
    const lock = client.escapeLiteral(JSON.stringify(['idempotency', ...this.ids]));
    return [
      `select pg_try_advisory_xact_lock(hashtextextended(${lock}, 0)) as mine`,
      `select fingerprint, reply, expires_at > ${SECRETS_END} as "tellsSecrets"
       from idempotency where org_id = ${org} and client_id = ${clientId} and key = ${key} and expires_at > parley_now()`,
    ];
  }

  /** Reads the answers to `claimSql`. */
  earlier(answers: readonly QueryResult[]): Kept | undefined {
    const [claim, found] = answers.slice(-2);
    if (!(claim?.rows as { mine: boolean }[])[0]?.mine) throw inProgress();
    const row = (found?.rows as KeptRow[])[0];
    if (!row) return undefined;
    const { idempotency } = this.request;
    if (row.fingerprint !== idempotency?.fingerprint) throw keyReused();
    const result: unknown = JSON.parse(this.opened(row));
    idempotency.replayed = true;
    return { result };
  }

  /** In the transaction, when all else is done. */
  async keep(query: Query, result: unknown): Promise<void> {
    if (!isJson(result)) throw new Error('What a transaction of a request that takes effect once returns must be JSON');
    const { idempotency, secret } = this.request;
    if (!idempotency) return;
    const reply = JSON.stringify(result ?? null);
    await query(keepSql, [...this.ids, idempotency.fingerprint, secret ? this.seal(reply) : reply]);
  }

  committed(): void {
    this.request.written = true;
  }

  private get ids(): [org: string, client: string, key: string] {
    const { orgId, clientId, idempotency } = this.request;
    return [orgId, clientId, idempotency?.key ?? ''];
  }

  private opened({ reply, tellsSecrets }: KeptRow): string {
    if (!this.request.secret) return reply;
    if (!tellsSecrets || !this.sealer) throw secretGone();
    try {
      return this.sealer.open(reply, this.sealContext);
    } catch {
      throw secretGone(); // the key that it was sealed under has left the file
    }
  }

  private seal(reply: string): string {
    if (!this.sealer) throw new Error('A reply that holds a secret is kept sealed, and this database was given no sealer');
    return this.sealer.seal(reply, this.sealContext);
  }

  private get sealContext(): SealContext {
    const [org, client, key] = this.ids;
    return { table: keptSecrets.table, row: `${key} ${client}`, org };
  }
}

/** Whether it is the same after a way through JSON. */
function isJson(value: unknown): boolean {
  if (value === null || value === undefined || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
}
