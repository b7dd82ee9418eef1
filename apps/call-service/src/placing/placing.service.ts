import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AppError, placeCall, RequestOf, UserCallDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type ReadTx, type Tx, uuidv7 } from '@parley/persistence';
import { CallsService } from '../calls/calls.service.js';
import { PlacedCall } from '../calls/placed-call.entity.js';
import { type CallLimits, isComplete, limitsBy } from '../limits/limit-rules.js';
import { LimitsService } from '../limits/limits.service.js';
import { Lines } from './lines.js';
import { autoEndOf, numberOf } from './number.js';
import { limitReached, noUser, orgLimitReached } from './placing.errors.js';
import { type Facts, type Placer, PlacingRepository } from './placing.repository.js';

type Wishes = RequestOf<typeof placeCall>;
type IsEnough = (rules: Facts['rules']) => boolean;
/** A refusal is a value: what was ended on the way to it commits. `ask`: too little is known of the limits. */
type Outcome = PlacedCall | { refusal: AppError } | 'ask';

/** 128 random bits. */
const newToken = (): string => randomBytes(16).toString('base64url');

const userLock = ({ orgId, userId }: Placer): string => `1 calls of user ${orgId} ${userId}`;

/** The one function by which calls begin. */
@Injectable()
export class PlacingService {
  /** That every slot was taken at one moment of a request is reason enough to refuse it. */
  private readonly lines = new Lines<Outcome>((outcome) => !(outcome instanceof PlacedCall));

  constructor(
    private readonly db: Database,
    private readonly placing: PlacingRepository,
    private readonly calls: CallsService,
    private readonly limits: LimitsService,
  ) {}

  /** @throws `call.limit`, `call.org_limit`, then `call.number`, `call.auto_end` */
  async place({ orgId, clientId, subject }: Actor, wishes: Wishes): Promise<UserCallDto> {
    if (subject === clientId) throw noUser();
    const placer = { orgId, userId: subject, clientId };
    const outcome = await this.lines.join(`${userLock(placer)} ${clientId}`, () => this.decide(placer, wishes));
    if (outcome instanceof PlacedCall) return outcome.toUserDto();
    throw outcome === 'ask' ? noUser() : outcome.refusal;
  }

  private async decide(placer: Placer, wishes: Wishes): Promise<Outcome> {
    const outcome = await this.underLock(placer, wishes, isComplete);
    if (outcome !== 'ask') return outcome;
    const { orgId, clientId, userId: user } = placer;
    await this.limits.learn({ orgId, clientId, user });
    return this.underLock(placer, wishes, () => true);
  }

  private underLock(placer: Placer, wishes: Wishes, isEnough: IsEnough): Promise<Outcome> {
    return this.db.write([userLock(placer)], async (tx) => {
      const facts = await this.currentFacts(tx, placer);
      const limits = isEnough(facts.rules) ? limitsBy(facts.rules) : undefined;
      if (!limits) return 'ask';
      const refusal = (await this.ofUser(tx, placer, { facts, limits })) ?? (await this.ofOrg(tx, placer, limits));
      if (refusal) return { refusal };
      const call = PlacedCall.place(tx, { ...placer, username: limits.username, ...newCall(wishes), placed: facts.now, expires: facts.expires });
      await this.placing.insert(tx, call, facts.free);
      return call;
    });
  }

  /** A call whose time is over holds no slot, whether or not anybody has noticed. */
  private async currentFacts(tx: Tx, placer: Placer): Promise<Facts> {
    const facts = await this.placing.facts(tx, placer);
    if (!facts.lapsed) return facts;
    await this.calls.settle(tx, facts.lapsed);
    return this.placing.facts(tx, placer);
  }

  private async ofUser(tx: ReadTx, placer: Placer, { facts: { ongoing: current }, limits: { callsPerUser: limit } }: { facts: Facts; limits: CallLimits }): Promise<AppError | undefined> {
    if (current < limit) return undefined;
    const freeAt = limit === 0 ? null : await this.placing.fewerAt(tx, placer, current - limit);
    return limitReached({ limit, current, retryAt: freeAt?.toISOString() ?? null });
  }

  private async ofOrg(tx: Tx, { orgId }: Placer, { ongoingCalls: limit }: CallLimits): Promise<AppError | undefined> {
    if (limit === null) return undefined;
    const { ongoing: current, roomAt } = await this.placing.orgUse(tx, orgId, limit);
    if (current < limit) return undefined;
    return orgLimitReached({ limit, current, retryAt: limit === 0 ? null : (roomAt?.toISOString() ?? null) });
  }
}

/** What is wrong with a wish is told after every limit. */
const newCall = ({ number, autoEnd }: Wishes) => ({ number: numberOf(number), autoEnd: autoEndOf(autoEnd), id: uuidv7(), token: newToken() });
