/** A heartbeat keeps an entry alive for so long (coviu.md, "Who is in a session?"). Seconds. */
export const BEAT_LEASE_S = 30;

/** Where a lease begins and what bounds it. */
export interface LeaseTerms {
  enteredAt: Date;
  /** When the link ends; null: never. */
  linkEnd: Date | null;
  /** Seconds for which an entry is believed in before its first heartbeat. */
  leaseMax: number;
}

/** Until the first heartbeat a lease runs to the end of the link, but not longer than the operator permits. */
export function firstLeaseUntil({ enteredAt, linkEnd, leaseMax }: LeaseTerms): Date {
  return earlier(new Date(enteredAt.getTime() + leaseMax * 1000), linkEnd);
}

export const earlier = (one: Date, other: Date | null): Date => (other && other < one ? other : one);
