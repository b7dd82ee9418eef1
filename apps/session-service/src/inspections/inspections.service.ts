import { Injectable } from '@nestjs/common';
import { AppError, type Inspection, type LinkFacts } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { AdmissionService } from '../admission/admission.service.js';
import type { Asked } from '../admission/asked.js';
import { firstRefusal, type Judged } from '../admission/rules.js';
import type { GenuineLink } from '../link-kinds/genuine-link.js';
import { LinkKinds } from '../link-kinds/link-kinds.js';
import { limitsOf } from '../refusals/refusal.entity.js';
import { InspectionsRepository } from './inspections.repository.js';
import { verdictsOn, verdictsOnBadClaims, verdictsOnNothing } from './verdicts.js';

/** Explains what admission would do with a link. Nobody is let in or refused by it. */
@Injectable()
export class InspectionsService {
  constructor(
    private readonly db: Database,
    private readonly kinds: LinkKinds,
    private readonly admission: AdmissionService,
    private readonly inspections: InspectionsRepository,
  ) {}

  /** A link of another org is told from no link by nothing. @throws `unavailable` if something can't be asked */
  async inspect({ orgId }: Actor, text: string): Promise<Inspection> {
    const link = await this.find(orgId, text);
    if (!link) return { ...denied, code: 'link.invalid', rules: verdictsOnNothing(), claims: null, verifiedBy: null, link: null };
    const { claims, signer: verifiedBy } = link;
    const asked = readAsked(link);
    if (asked instanceof AppError) return { ...denied, code: asked.code, rules: verdictsOnBadClaims(asked), claims, verifiedBy, link: null };
    const judged = await this.admission.foresee(asked);
    return { ...decisionOn(judged), rules: verdictsOn(judged), claims, verifiedBy, link: await this.factsOf(link, judged) };
  }

  private async find(orgId: string, text: string): Promise<GenuineLink | undefined> {
    const link = await this.kinds.verify(text).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'link.invalid') return undefined;
      throw error;
    });
    return link?.orgId === orgId ? link : undefined;
  }

  private factsOf({ linkId }: GenuineLink, { asked, facts, end }: Judged): Promise<LinkFacts> {
    return this.db.read(async (tx) => ({
      ...{ linkId, person: asked.person, subscriptionId: facts.subscriptionId },
      window: { issuedAt: instant(asked.issuedAt), notBefore: instant(asked.notBefore), expires: end?.toISOString() ?? null },
      revocations: await this.inspections.revocations(tx, asked, facts.subscriptionId),
      bans: await this.inspections.bans(tx, asked),
      seats: { limit: asked.capacity, taken: facts.seats, own: facts.hasSeat },
    }));
  }
}

const denied = { decision: 'deny', limit: null, current: null, retryAt: null } as const;

function decisionOn(judged: Judged): Pick<Inspection, 'decision' | 'code' | 'limit' | 'current' | 'retryAt'> {
  const refused = firstRefusal(judged);
  return refused ? { decision: 'deny', code: refused.refusal.code, ...limitsOf(refused.refusal) } : { ...denied, decision: 'admit', code: null };
}

function readAsked(link: GenuineLink): Asked | AppError {
  try {
    return link.toAsked();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const instant = (seconds: number | undefined): string | null => (seconds === undefined ? null : new Date(seconds * 1000).toISOString());
