import { Injectable } from '@nestjs/common';
import type { Query } from '@parley/persistence';

/** Which application may act for whom. */
export interface ConsentKey {
  userId: string;
  clientId: string;
}

interface Db {
  query: Query;
}

/** What users have allowed, remembered per user and client (click-to-call.md, OAuth for people). Tokens come and go; this stays. */
@Injectable()
export class ConsentsRepository {
  /** The scopes; none, if the user was never asked. */
  async find(db: Db, { userId, clientId }: ConsentKey): Promise<readonly string[]> {
    const [row] = await db.query<{ scopes: string[] }>('select scopes from oauth_consent where user_id = $1 and client_id = $2', [userId, clientId]);
    return row?.scopes ?? [];
  }

  /** On top of what was allowed before. */
  async add(db: Db, { userId, clientId }: ConsentKey, scopes: readonly string[]): Promise<void> {
    await db.query(
      `insert into oauth_consent (user_id, client_id, scopes) values ($1, $2, $3)
       on conflict (user_id, client_id) do update set scopes = array(select distinct unnest(oauth_consent.scopes || excluded.scopes) order by 1), granted = parley_now()`,
      [userId, clientId, scopes],
    );
  }
}
