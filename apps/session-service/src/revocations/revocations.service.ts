import { Injectable } from '@nestjs/common';
import { AppError, type LinkRevocationDto, type listLinkRevocations, type ReplyOf, type RequestOf, type revokeLinks } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { LeasesService } from '../leases/leases.service.js';
import { type LiveMatch, MATCHES_AT_ONCE } from '../leases/live-entries.repository.js';
import { LinkKinds } from '../link-kinds/link-kinds.js';
import { orgLock } from '../sessions/session-locks.js';
import { entriesUnder, revocableOf } from './revocable.js';
import { revocationFuture, revocationKey, revocationLink } from './revocations.errors.js';
import { type Revocable, ValidFromRepository, type ValidFromRow } from './valid-from.repository.js';

type Asked = RequestOf<typeof revokeLinks>;
type Revoked = LinkRevocationDto & { endedEntries: number };

/** Links are signed offline and can't be called back: instead it is written down from when on they must have been issued. */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly db: Database,
    private readonly validFrom: ValidFromRepository,
    private readonly leases: LeasesService,
    private readonly kinds: LinkKinds,
  ) {}

  /**
   * Once it has answered no admission through what is revoked commits any more: each one holds the org's lock, shared. A link that can't be
   * verified is refused inside the transaction: one that was revoked before, under the same Idempotency-Key, is answered as it was then.
   */
  async revoke({ orgId }: Actor, asked: Asked): Promise<LinkRevocationDto> {
    const what = this.what(orgId, asked);
    const locks = await what.then(() => [orgLock(orgId)], () => []);
    const revoked = await this.db.write(locks, async (tx) => this.raise(tx, orgId, { ...(await what), at: asked.at, endEntries: asked.endEntries }));
    if (revoked.endedEntries > MATCHES_AT_ONCE) await this.leases.endAllMatching({ match: entriesUnder({ ...revoked, at: new Date(revoked.at) }), reason: 'removed' });
    return revoked;
  }

  async list({ orgId }: Actor, request: RequestOf<typeof listLinkRevocations>): Promise<ReplyOf<typeof listLinkRevocations>> {
    const page = await this.db.read((tx) => this.validFrom.list(tx, orgId, request));
    return { ...page, items: page.items.map(dtoOf) };
  }

  /** The one transaction that takes effect: it counts those whom one transaction can't end as well, so that the answer is the same whenever it is told. */
  private async raise(tx: Tx, orgId: string, { endEntries, ...what }: Revocable & Pick<Asked, 'at' | 'endEntries'>): Promise<Revoked> {
    const { future, ...row } = await this.validFrom.raise(tx, orgId, what);
    if (future) throw revocationFuture();
    return { ...dtoOf(row), endedEntries: endEntries ? await this.end(tx, entriesUnder(row)) : 0 };
  }

  private async end(tx: Tx, match: LiveMatch): Promise<number> {
    const ended = await this.leases.endMatching(tx, { match, reason: 'removed' });
    return ended < MATCHES_AT_ONCE ? ended : ended + (await this.leases.countMatching(tx, match));
  }

  private async what(orgId: string, asked: Asked): Promise<Revocable> {
    if (asked.link === undefined) return revocableOf(orgId, asked);
    if (asked.kind !== 'link' || asked.key !== undefined) throw revocationKey(asked.kind);
    const link = await this.kinds.verify(asked.link).catch(asForeign);
    if (link?.orgId !== orgId) throw revocationLink();
    return { kind: 'link', key: link.linkId };
  }
}

function asForeign(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'link.invalid') return undefined;
  throw error;
}

const dtoOf = ({ orgId, kind, key, at }: ValidFromRow): LinkRevocationDto => ({ orgId, kind, key, at: at.toISOString() });
