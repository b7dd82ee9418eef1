import type { Asked } from '../admission/asked.js';

/** What the operator sets. Seconds, unless said. */
export class AdmissionLimits {
  constructor(
    /** How long a link without `exp` works; 0: no bound. */
    readonly linkMaxAge: number,
    /** How long a seat is held before the first heartbeat. */
    readonly leaseMax: number,
    /** Days for which refusals are kept. */
    readonly refusalDays = 30,
    /** Watchers of a `live` session. */
    readonly liveMaxWatchers = 1000,
  ) {}

  /** Whether it must be remembered when a credential was first seen. */
  countsFromFirstUse({ issuedAt, expiresAt }: Asked): boolean {
    return this.linkMaxAge > 0 && issuedAt === undefined && expiresAt === undefined;
  }

  /** When a credential ends; null: never. */
  endOf({ issuedAt, expiresAt }: Asked, firstUse: Date | null): Date | null {
    if (expiresAt !== undefined) return new Date(expiresAt * 1000);
    const begin = issuedAt === undefined ? firstUse?.getTime() : issuedAt * 1000;
    return this.linkMaxAge === 0 || begin === undefined ? null : new Date(begin + this.linkMaxAge * 1000);
  }
}
