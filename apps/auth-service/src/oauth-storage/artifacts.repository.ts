import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { prepared, type Query, type SealContext, Sealer, type Tx } from '@parley/persistence';

/** Something of the engine's, by its model: Grant, RefreshToken, AccessToken, ClientCredentials, ... */
export interface ArtifactKey {
  model: string;
  /** For a refresh token: the token itself. */
  id: string;
}

export interface Artifact {
  payload: Record<string, unknown>;
  clientId: string | undefined;
  grantId: string | undefined;
  /** Stored sealed, and found again in the place of `payload`. JSON. */
  secret?: string | undefined;
  /** By what else it is looked for. */
  lookup?: string | undefined;
  /** Seconds. */
  expiresIn: number;
}

/** As its row is to be. */
export interface StoredArtifact {
  model: string;
  idHash: string;
  payload: Record<string, unknown>;
  sealed: string | undefined;
  lookup: string | undefined;
  clientId: string | undefined;
  grantId: string | undefined;
  /** Seconds. */
  expiresIn: number;
}

export interface ArtifactRow {
  payload: Record<string, unknown>;
  /** Epoch seconds, and so is `exp`. */
  consumed: number | null;
  exp: number;
}

interface StoredRow extends ArtifactRow {
  idHash: string;
  sealed: string | null;
}

/** Whose artifacts: of an API client, of all clients of an org, or of a user by its `sub`. */
export interface ArtifactsOf {
  kind: 'client' | 'org' | 'user';
  key: string;
}

export interface AccessTokenRow {
  idHash: string;
  expiresAt: Date;
}

interface RemovedRow extends AccessTokenRow {
  model: string;
  live: boolean;
}

/** The engine's models of access tokens: of a user or a refresh token, and of a client's own credentials. */
export const accessTokens = ['AccessToken', 'ClientCredentials'];

/** Verifiers give a token some seconds more, hence the minute. */
const removed = `model, id_hash as "idHash", expires_at as "expiresAt", expires_at > parley_now() - interval '1 minute' as live`;
const isLive = ({ model, live }: RemovedRow): boolean => live && accessTokens.includes(model);

const belongsTo: Record<ArtifactsOf['kind'], string> = {
  client: 'client_id = $1',
  org: `(client_id in (select id from api_client where org_id::text = $1) or payload->>'accountId' in (select id::text from app_user where org_id::text = $1))`,
  user: `payload->>'accountId' = $1`,
};

interface Db {
  query: Query;
}

export const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** One of a model, in a map. */
export const nameOf = (model: string, idHash: string): string => `${model} ${idHash}`;

const contextOf = (idHash: string): SealContext => ({ table: 'sealed_artifact', row: idHash, org: '' });

/** A used code is kept for so long after it: who presents it again ends what it gave (RFC 6749, 4.1.2). */
const USED_CODES_KEPT = '1 day';

/** The statement that stores the artifacts in that parameter, a JSON list of them; each only once. */
export const storeSql = (parameter: string): string => `
  insert into oauth_artifact (model, id_hash, payload, sealed, lookup, client_id, grant_id, expires_at)
  select model, "idHash", payload, sealed, lookup, "clientId", "grantId", parley_now() + make_interval(secs => "expiresIn")
  from jsonb_to_recordset(${parameter}::jsonb)
    as a (model text, "idHash" text, payload jsonb, sealed text, lookup text, "clientId" text, "grantId" text, "expiresIn" float8)
  on conflict (model, id_hash) do update set payload = excluded.payload, sealed = excluded.sealed, lookup = excluded.lookup,
    client_id = excluded.client_id, grant_id = excluded.grant_id, expires_at = excluded.expires_at`;
const STORE = prepared('artifacts-store', storeSql('$1'));
const found = `id_hash as "idHash", payload, sealed, extract(epoch from consumed_at)::bigint as consumed, extract(epoch from expires_at)::bigint as exp
  from oauth_artifact where expires_at > parley_now()`;
const CONSUME = prepared(
  'artifact-consume',
  `update oauth_artifact set consumed_at = parley_now(),
     expires_at = case model when 'AuthorizationCode' then parley_now() + interval '${USED_CODES_KEPT}' else expires_at end
   where model = $1 and id_hash = $2 and consumed_at is null returning 1`,
);
const FIND = prepared('artifact-find', `select ${found} and model = $1 and id_hash = $2`);

/** Only the hash of an id is stored: whoever reads the table holds no token. */
@Injectable()
export class ArtifactsRepository {
  constructor(private readonly sealer: Sealer) {}

  stored({ model, id }: ArtifactKey, { payload, secret, lookup, clientId, grantId, expiresIn }: Artifact): StoredArtifact {
    const idHash = hashOf(id);
    const sealed = secret === undefined ? undefined : this.sealer.seal(secret, contextOf(idHash));
    return { model, idHash, payload, sealed, lookup: lookup === undefined ? undefined : hashOf(lookup), clientId, grantId, expiresIn };
  }

  async write(db: Db, artifacts: readonly StoredArtifact[]): Promise<void> {
    await db.query(STORE, [JSON.stringify(artifacts)]);
  }

  /** With COMMIT: nobody waits for it. */
  send(tx: Pick<Tx, 'send'>, artifacts: readonly StoredArtifact[]): void {
    if (artifacts.length > 0) tx.send(STORE, [JSON.stringify(artifacts)]);
  }

  async find(db: Db, { model, id }: ArtifactKey): Promise<ArtifactRow | undefined> {
    const [row] = await db.query<StoredRow>(FIND, [model, hashOf(id)]);
    return row && this.open(row);
  }

  async lookUp(db: Db, model: string, lookup: string): Promise<ArtifactRow | undefined> {
    const [row] = await db.query<StoredRow>(`select ${found} and model = $1 and lookup = $2`, [model, hashOf(lookup)]);
    return row && this.open(row);
  }

  /** True for the first who brings it within `expiresIn` seconds. */
  async isFirst(db: Db, { model, id }: ArtifactKey, expiresIn: number): Promise<boolean> {
    const inserted = await db.query(
      `insert into oauth_artifact (model, id_hash, payload, expires_at) values ($1, $2, '{}', parley_now() + make_interval(secs => $3))
       on conflict (model, id_hash) do update set expires_at = excluded.expires_at where oauth_artifact.expires_at <= parley_now() returning 1`,
      [model, hashOf(id), expiresIn],
    );
    return inserted.length === 1;
  }

  /** False: somebody else was first. */
  async consume(db: Db, { model, id }: ArtifactKey): Promise<boolean> {
    const consumed = await db.query(CONSUME, [model, hashOf(id)]);
    return consumed.length === 1;
  }

  async remove(db: Db, { model, id }: ArtifactKey): Promise<void> {
    await db.query('delete from oauth_artifact where model = $1 and id_hash = $2', [model, hashOf(id)]);
  }

  /** For `RevocationsService`. Answers the access token, if that lives: it stays good until the gateways know of it. */
  async removeAccessToken(db: Db, jti: string): Promise<AccessTokenRow[]> {
    const rows = await db.query<RemovedRow>(`delete from oauth_artifact where id_hash = $1 and model = any($2) returning ${removed}`, [hashOf(jti), accessTokens]);
    return rows.filter(isLive);
  }

  /** For `RevocationsService`. Ends an authorization: every token given under it, whatever its model. Answers the access tokens among them that live. */
  async removeGrant(db: Db, grantId: string): Promise<AccessTokenRow[]> {
    const rows = await db.query<RemovedRow>(`delete from oauth_artifact where grant_id = $1 or (model = 'Grant' and id_hash = $2) returning ${removed}`, [grantId, hashOf(grantId)]);
    return rows.filter(isLive);
  }

  /** For `RevocationsService`. */
  async removeAllOf(db: Db, { kind, key }: ArtifactsOf): Promise<void> {
    await db.query(`delete from oauth_artifact where ${belongsTo[kind]}`, [key]);
  }

  /** At most `limit` of those whose time is over. Answers how many. */
  async removeExpired(db: Db, limit: number): Promise<number> {
    const removed = await db.query(
      `delete from oauth_artifact where (model, id_hash) in
         (select model, id_hash from oauth_artifact where expires_at < parley_now() limit $1 for update skip locked)
       returning 1`,
      [limit],
    );
    return removed.length;
  }

  private open({ idHash, sealed, payload, consumed, exp }: StoredRow): ArtifactRow {
    const secret = sealed === null ? undefined : (JSON.parse(this.sealer.open(sealed, contextOf(idHash))) as Record<string, unknown>);
    return { payload: secret ?? payload, consumed, exp };
  }
}
