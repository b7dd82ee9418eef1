import { Injectable } from '@nestjs/common';
import type { LinkRevocationDto, listLinkRevocations, RequestOf } from '@parley/dto';
import { listPage, type PageOf, type ReadTx, type Tx } from '@parley/persistence';

/** What links can be revoked by. */
export interface Revocable {
  kind: LinkRevocationDto['kind'];
  key: string;
}

/** From which moment on links must have been issued. */
export type ValidFromRow = Revocable & { orgId: string; at: Date };

const columns = `org_id as "orgId", kind, key, at`;

/** From when on links of an org, client, subscription, session or person must be signed; the latest moment counts. A single link never works again. */
@Injectable()
export class ValidFromRepository {
  /** Every link signed before `at`, or before now, stops working, at once and everywhere. `future`: no clock has come so far. */
  async raise(tx: Tx, orgId: string, { kind, key, at }: Revocable & { at?: string | undefined }): Promise<ValidFromRow & { future: boolean }> {
    const [row] = await tx.query<ValidFromRow & { future: boolean }>(
      `insert into valid_from (org_id, kind, key, at) values ($1, $2, $3, coalesce($4::timestamptz, parley_now()))
       on conflict (org_id, kind, key) do update set at = greatest(valid_from.at, excluded.at)
       returning ${columns}, at > parley_now() as future`,
      [orgId, kind, key, at ?? null],
    );
    if (!row) throw new Error('an insert that updates always returns its row');
    return row;
  }

  list(tx: ReadTx, orgId: string, page: RequestOf<typeof listLinkRevocations>): Promise<PageOf<ValidFromRow>> {
    return listPage(tx, { select: columns, from: 'valid_from', where: 'org_id = $1', params: [orgId], key: 'position' }, page, (row: ValidFromRow) => row);
  }
}
