import { Injectable } from '@nestjs/common';
import type { AppError, EntryDto } from '@parley/dto';
import { entryDto, type EntryRow } from '../entries/entry.entity.js';
import { GrantsService } from '../grants/grants.service.js';
import type { SessionPlace } from '../leases/leases.repository.js';
import { sessionLock } from '../sessions/session-locks.js';
import { SessionQueue } from '../sessions/session-queue.js';
import type { Door } from '../subscriptions/doors.repository.js';
import { DoorsService } from '../subscriptions/doors.service.js';
import type { EntryTokenSigner } from '../tokens/entry-tokens.js';
import type { Asked } from './asked.js';
import { FactFinder } from './fact-finder.js';
import { firstRefusal, type Judged, subscriptionActive, subscriptionFree } from './rules.js';

/** What was found out outside the transaction, each at most once. */
interface Known {
  /** What the owner of subscriptions says; undefined: not asked. */
  door?: Door | null;
  /** What was over elsewhere has been ended. */
  swept?: boolean;
}

type Outcome =
  | { kind: 'granted'; entry: EntryRow }
  | { kind: 'denied'; refusal: AppError }
  /** The owner of subscriptions must be asked first. */
  | { kind: 'ask'; ref: string }
  /** The subscription seems to be in these sessions, where its lease has run out: that must be ended first. */
  | { kind: 'sweep'; places: SessionPlace[] };

/** The one function in which every way into a session ends. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly queue: SessionQueue,
    private readonly finder: FactFinder,
    private readonly grants: GrantsService,
    private readonly doors: DoorsService,
  ) {}

  /** @throws the first refusal of the rules; `unavailable` if something can't be asked */
  async admit(asked: Asked): Promise<EntryDto> {
    const signer = await this.grants.signer();
    return this.queue.run(sessionLock(asked.orgId, asked.sid), () => this.inTurn(asked, signer, {}));
  }

  /** Whoever must find something out does so in its turn: those behind then know it too. */
  private async inTurn(asked: Asked, signer: EntryTokenSigner, known: Known): Promise<EntryDto> {
    const outcome = await this.attempt(asked, signer, known);
    switch (outcome.kind) {
      case 'granted':
        return entryDto(outcome.entry);
      case 'denied':
        throw outcome.refusal;
      case 'ask':
        return this.inTurn(asked, signer, { ...known, door: await this.doors.ask(asked.orgId, outcome.ref) });
      case 'sweep':
        await this.finder.endLapsed(outcome.places);
        return this.inTurn(asked, signer, { ...known, swept: true });
    }
  }

  /** A denial commits too, with what was ended on the way. */
  private attempt(asked: Asked, signer: EntryTokenSigner, known: Known): Promise<Outcome> {
    return this.finder.underLocks(asked, async (tx) => {
      if (known.door) await this.doors.open(tx, known.door);
      const judged = await this.finder.find(tx, asked);
      return outcomeOf(judged, known) ?? { kind: 'granted', entry: await this.grants.grant(tx, judged, signer) };
    });
  }
}

/** A refusal is final unless it rests on something that we only believe: then it is found out first. */
function outcomeOf(judged: Judged, { door, swept }: Known): Outcome | undefined {
  const refused = firstRefusal(judged);
  if (!refused) return undefined;
  const { asked, facts } = judged;
  if (refused.rule === subscriptionActive && asked.ref !== null && door === undefined) return { kind: 'ask', ref: asked.ref };
  if (refused.rule === subscriptionFree && facts.lapsedElsewhere.length > 0 && !swept) return { kind: 'sweep', places: facts.lapsedElsewhere };
  return { kind: 'denied', refusal: refused.refusal };
}
