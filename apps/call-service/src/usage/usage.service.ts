import { Injectable } from '@nestjs/common';
import { AppError, type listUsage, type reconcileUsage, type ReplyOf, type RequestOf, type UsageGrouping, type UsageSumDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { noDays, tooManyRecords } from './usage.errors.js';
import { UsageRepository } from './usage.repository.js';
import type { UsageRow } from './usage-sums.js';

type Days = RequestOf<typeof reconcileUsage>;

@Injectable()
export class UsageService {
  constructor(
    private readonly db: Database,
    private readonly usage: UsageRepository,
  ) {}

  /** @throws `usage.range`, `usage.too_many_records` */
  async list({ orgId }: Actor, request: RequestOf<typeof listUsage>): Promise<ReplyOf<typeof listUsage>> {
    refuseNoDays(request);
    const found = await inTime(this.db.write([], (tx) => this.usage.list(tx, orgId, request)));
    return { ...found, items: found.items.map((row) => sumOf(orgId, request.groupBy, row)) };
  }

  /** @throws `usage.range`, `usage.too_many_records` */
  async reconcile({ orgId }: Actor, days: Days): Promise<ReplyOf<typeof reconcileUsage>> {
    refuseNoDays(days);
    return inTime(this.db.write([], (tx) => this.usage.reconcile(tx, orgId, days)));
  }
}

/** @throws `usage.too_many_records` */
const inTime = <T>(found: Promise<T>): Promise<T> =>
  found.catch((error: unknown): never => {
    throw error instanceof AppError && error.code === 'deadline.passed' ? tooManyRecords() : error;
  });

function refuseNoDays({ from, to }: Days): void {
  if (from !== undefined && to !== undefined && from >= to) throw noDays();
}

const sumOf = (orgId: string, { period: kind }: UsageGrouping, { period, subscription_id: subscriptionId, ref, seconds }: UsageRow): UsageSumDto => ({
  orgId,
  subscriptionId,
  ref,
  month: kind === 'month' ? period.slice(0, 'YYYY-MM'.length) : undefined,
  day: kind === 'day' ? period : undefined,
  participantSeconds: seconds,
});
