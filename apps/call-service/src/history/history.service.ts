import { Injectable } from '@nestjs/common';
import type { ListOf, listPlacedCalls, PlacedCallDto, RequestOf, UserStatus } from '@parley/dto';
import { Database } from '@parley/persistence';
import { CallsRepository } from '../calls/calls.repository.js';
import { limitsBy } from '../limits/limit-rules.js';
import { LimitsService } from '../limits/limits.service.js';
import { userNotFound } from './history.errors.js';
import { HistoryRepository } from './history.repository.js';

/** Calls that are shown with the status of a user. */
const SHOWN = 1_000;

@Injectable()
export class HistoryService {
  constructor(
    private readonly db: Database,
    private readonly history: HistoryRepository,
    private readonly calls: CallsRepository,
    private readonly limits: LimitsService,
  ) {}

  async list({ limit, after, ...filter }: RequestOf<typeof listPlacedCalls>): Promise<ListOf<PlacedCallDto>> {
    const { items, next } = await this.db.read((tx) => this.history.list(tx, filter, { limit, after }));
    return { items: items.map((call) => call.toDto()), next };
  }

  async read(orgId: string | undefined, callId: string): Promise<PlacedCallDto> {
    return (await this.db.read((tx) => this.calls.get(tx, orgId, callId))).toDto();
  }

  /** The limit without any application's: that is another one for each. @throws `user.not_found` */
  async status(orgId: string, user: string): Promise<UserStatus> {
    const found = await this.limits.learn({ orgId, clientId: null, user });
    const limits = found && limitsBy(found.rules);
    if (!limits) throw userNotFound();
    const { username, callsPerUser: limit } = limits;
    const { userId, loggedIn } = found;
    return this.db.read(async (tx) => {
      const ongoingCalls = await this.history.countOngoing(tx, orgId, userId);
      const { items } = await this.calls.listOngoing(tx, { orgId, userId }, { limit: SHOWN });
      return { username, loggedIn, ongoingCalls, limit, freeSlots: Math.max(0, limit - ongoingCalls), calls: items.map((call) => call.toDto()) };
    });
  }
}
