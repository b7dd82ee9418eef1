import { Injectable } from '@nestjs/common';
import type { EntryDto } from '@parley/dto';
import type { Tx } from '@parley/persistence';
import { currentRequest } from '@parley/platform';
import { entryDto, type EntryRow } from '../entries/entry.entity.js';
import { GrantsService } from '../grants/grants.service.js';
import type { SessionPlace } from '../leases/leases.repository.js';
import { sessionLock } from '../sessions/session-locks.js';
import { type InLine, SessionLines } from '../sessions/session-lines.js';
import type { Door } from '../subscriptions/doors.repository.js';
import { DoorsService } from '../subscriptions/doors.service.js';
import type { EntryTokenSigner } from '../tokens/entry-tokens.js';
import { type Refusal, refusalOf } from '../refusals/refusal.entity.js';
import { RefusalsService } from '../refusals/refusals.service.js';
import type { Asked } from './asked.js';
import { FactFinder } from './fact-finder.js';
import { firstRefusal, type Judged, type Refused, subscriptionActive, subscriptionFree } from './rules.js';

/** What was found out outside the transaction, each at most once. */
interface Known {
  /** What the owner of subscriptions says; undefined: not asked. */
  door?: Door | null;
  /** What was over elsewhere has been ended. */
  swept?: boolean;
}

/** Somebody who waits for a decision. */
interface Asking {
  asked: Asked;
  known: Known;
  /** For whoever looks for it in the logs. */
  requestId: string | undefined;
}
type Waiting = InLine<Asking, EntryDto>;

type Outcome =
  | { kind: 'granted'; entry: EntryRow }
  | { kind: 'denied'; refused: Refused; judged: Judged }
  /** The owner of subscriptions must be asked first. */
  | { kind: 'ask'; ref: string }
  /** The subscription seems to be in these sessions, where its lease has run out: that must be ended first. */
  | { kind: 'sweep'; places: SessionPlace[] };

/** The one function in which every way into a session ends. */
@Injectable()
export class AdmissionService {
  private readonly lines = new SessionLines<Asking, EntryDto>((turn) => this.serve(turn));

  constructor(
    private readonly finder: FactFinder,
    private readonly grants: GrantsService,
    private readonly doors: DoorsService,
    private readonly refusals: RefusalsService,
  ) {}

  /** @throws the first refusal of the rules; `unavailable` if something can't be asked */
  admit(asked: Asked): Promise<EntryDto> {
    return this.lines.join(sessionLock(asked.orgId, asked.sid), { asked, known: {}, requestId: currentRequest()?.requestId });
  }

  /** Keeps that somebody was refused who did not get so far as to ask. */
  refuse(refusal: Refusal): Promise<void> {
    return this.refusals.keepNow(refusal);
  }

  /** What would become of it now: no promise, since nothing is locked, and nothing is written. */
  async foresee(asked: Asked): Promise<Judged> {
    const judged = await this.finder.foresee(asked, null);
    if (asked.ref === null || firstRefusal(judged)?.rule !== subscriptionActive) return judged;
    const door = await this.doors.ask(asked.orgId, asked.ref);
    return door ? this.finder.foresee(asked, door.subscriptionId) : judged;
  }

  /** Decides on all of them. Whoever must find something out first comes again when they know: nobody else waits for that. */
  private async serve(turn: readonly Waiting[]): Promise<void> {
    const outcomes = await this.attempt(turn.map(({ item }) => item), await this.grants.signer());
    const doors = new Map<string, Promise<Door | null>>();
    turn.forEach((waiting, n) => this.answer(waiting, outcomes[n], doors));
  }

  /** `doors`: what others of this turn have asked for already. */
  private answer(waiting: Waiting, outcome: Outcome | undefined, doors: Map<string, Promise<Door | null>>): void {
    if (outcome?.kind === 'granted') waiting.resolve(entryDto(outcome.entry));
    else if (outcome?.kind === 'denied') waiting.reject(outcome.refused.refusal);
    else if (outcome) this.findOut(waiting.item, outcome, doors).then((known) => this.comeAgain(waiting, known), waiting.reject);
  }

  private comeAgain(waiting: Waiting, known: Known): void {
    const { asked } = waiting.item;
    this.lines.rejoin(sessionLock(asked.orgId, asked.sid), { ...waiting, item: { ...waiting.item, known } });
  }

  private async findOut({ asked, known }: Asking, outcome: Extract<Outcome, { kind: 'ask' | 'sweep' }>, doors: Map<string, Promise<Door | null>>): Promise<Known> {
    if (outcome.kind === 'ask') {
      const asking = doors.get(outcome.ref) ?? this.doors.ask(asked.orgId, outcome.ref);
      doors.set(outcome.ref, asking);
      return { ...known, door: await asking };
    }
    await this.finder.endLapsed(outcome.places);
    return { ...known, swept: true };
  }

  /** One transaction for all of them. A denial commits too, with what was ended on the way. */
  private attempt(turn: readonly Asking[], signer: EntryTokenSigner): Promise<Outcome[]> {
    return this.finder.underLocks(turn.map(({ asked }) => asked), async (tx) => {
      for (const { known } of turn) if (known.door) this.doors.open(tx, known.door);
      const outcomes: Outcome[] = [];
      for (let ahead = 1; outcomes.length < turn.length; ) {
        const decided = await this.decide(tx, turn.slice(outcomes.length, outcomes.length + ahead), signer);
        outcomes.push(...decided);
        ahead = decided.at(-1)?.kind === 'granted' ? 1 : ahead * 2; // where one is refused, so are mostly those behind
      }
      this.refusals.keep(tx, outcomes.flatMap((outcome, n) => (outcome.kind === 'denied' ? refusalIn(outcome, turn[n]?.requestId) : [])));
      return outcomes;
    });
  }

  /** Everybody up to the first who is let in: what was found out about those behind is not true any more. */
  private async decide(tx: Tx, turn: readonly Asking[], signer: EntryTokenSigner): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const [n, judged] of (await this.finder.find(tx, turn.map(({ asked }) => asked))).entries()) {
      const outcome = outcomeOf(judged, turn[n]?.known ?? {});
      if (!outcome) return [...outcomes, { kind: 'granted', entry: await this.grants.grant(tx, judged, signer) }];
      outcomes.push(outcome);
    }
    return outcomes;
  }
}

const refusalIn = ({ judged, refused: { rule, refusal } }: Extract<Outcome, { kind: 'denied' }>, requestId: string | undefined): Refusal =>
  refusalOf(judged.asked, { at: judged.facts.now, rule: rule.name, detail: rule.detail(judged), refusal, requestId });

/** A refusal is final unless it rests on something that we only believe: then it is found out first. */
function outcomeOf(judged: Judged, { door, swept }: Known): Outcome | undefined {
  const refused = firstRefusal(judged);
  if (!refused) return undefined;
  const { asked, facts } = judged;
  if (refused.rule === subscriptionActive && asked.ref !== null && door === undefined) return { kind: 'ask', ref: asked.ref };
  if (refused.rule === subscriptionFree && facts.lapsedElsewhere.length > 0 && !swept) return { kind: 'sweep', places: facts.lapsedElsewhere };
  return { kind: 'denied', refused, judged };
}
