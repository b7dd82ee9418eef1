import type { SubscriptionDto, subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import type { Fact } from '@parley/persistence';

/** A row of the table, its columns in our names. */
export interface SubscriptionRow {
  id: string;
  orgId: string;
  ref: string;
  name: string;
  email: string;
  started: Date;
  ended: Date | null;
  version: number;
}

/** The right of one user to host sessions. It begins active, ends once, and never begins again: a new one takes its place. */
export class Subscription {
  constructor(private readonly row: SubscriptionRow) {}

  get active(): boolean {
    return this.row.ended === null;
  }

  /** What session-service must know to admit nobody for it any more. */
  door(): { orgId: string; subscriptionId: string; ref: string; version: number } {
    const { orgId, id, ref, version } = this.row;
    return { orgId, subscriptionId: id, ref, version };
  }

  createdFact(): Fact<typeof subscriptionCreated> {
    const { id, ref, name, started, version } = this.row;
    return this.fact({ subscriptionId: id, ref, name, startedAt: started.toISOString(), version });
  }

  removedFact(endSessions: boolean): Fact<typeof subscriptionRemoved> {
    const { id, ref, ended, version } = this.row;
    if (!ended) throw new Error(`subscription ${id} is active: there is nothing to tell`);
    return this.fact({ subscriptionId: id, ref, endedAt: ended.toISOString(), endSessions, version });
  }

  toDto(): SubscriptionDto {
    const { id, orgId, ref, name, email, started, ended, version } = this.row;
    const times = { started: started.toISOString(), ended: ended?.toISOString() ?? null };
    return { subscriptionId: id, orgId, ref, name, email, ...times, active: this.active, version };
  }

  private fact<Data>(data: Data): { aggregate: string; sequence: number; orgId: string; data: Data } {
    const { id, orgId, version } = this.row;
    return { aggregate: `subscription/${id}`, sequence: version, orgId, data };
  }
}
