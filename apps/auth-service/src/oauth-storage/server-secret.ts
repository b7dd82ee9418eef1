import { hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type SealContext, Sealer } from '@parley/persistence';

const NAME = 'oauth';
const BYTES = 32;
const context: SealContext = { table: 'server_secret', row: NAME, org: '' };

/** What the engine's own secrets are made of: the same on every copy and after every restart. */
@Injectable()
export class ServerSecret {
  constructor(
    private readonly db: Database,
    private readonly sealer: Sealer,
  ) {}

  /** 32 bytes for each purpose. The very first call ever makes the secret; of several at once, one does. */
  async derive<Purpose extends string>(...purposes: Purpose[]): Promise<Record<Purpose, Buffer>> {
    const secret = await this.load();
    const entries = purposes.map((purpose) => [purpose, Buffer.from(hkdfSync('sha256', secret, '', `parley ${purpose}`, BYTES))] as const);
    return Object.fromEntries(entries) as Record<Purpose, Buffer>;
  }

  private async load(): Promise<Buffer> {
    const fresh = this.sealer.seal(randomBytes(BYTES).toString('base64url'), context);
    const [row] = await this.db.write([], async (tx) => {
      await tx.query('insert into server_secret (name, sealed) values ($1, $2) on conflict (name) do nothing', [NAME, fresh]);
      return tx.query<{ sealed: string }>('select sealed from server_secret where name = $1', [NAME]);
    });
    if (!row) throw new Error('The secret of the server is gone');
    return Buffer.from(this.sealer.open(row.sealed, context), 'base64url');
  }
}
