import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { capabilitiesOf, type connectOpentok, type EntryDto, type OpentokRole, type RequestOf } from '@parley/dto';
import { Database } from '@parley/persistence';
import { noteOrg } from '@parley/platform';
import { AdmissionService } from '../admission/admission.service.js';
import { type Asked, DEFAULT_CAPACITY } from '../admission/asked.js';
import { signedPartHash } from '../link-kinds/session-link.js';
import { bearerOfJwt, bearerOfT1, type OpentokBearer } from '../opentok/opentok-claims.js';
import { opentokToken } from '../opentok/opentok.errors.js';
import { OpentokRepository } from '../opentok/opentok.repository.js';
import { OpentokSigners } from '../opentok/opentok-signers.js';

/** A token whose signature is good. */
interface Verified {
  orgId: string;
  clientId: string;
  active: boolean;
  bearer: OpentokBearer | undefined;
  hash: string;
}

/** Of people who gave no name. */
const nameless: Readonly<Record<OpentokRole, string>> = { moderator: 'Moderator', publisher: 'Publisher', publisheronly: 'Publisher', subscriber: 'Subscriber' };

/** Whoever connects to an OpenTok session (opentok.md, In a session). */
@Injectable()
export class OpentokDoorsService {
  constructor(
    private readonly db: Database,
    private readonly signers: OpentokSigners,
    private readonly sessions: OpentokRepository,
    private readonly admission: AdmissionService,
  ) {}

  async connect({ opentokSessionId, token, name }: RequestOf<typeof connectOpentok>): Promise<EntryDto> {
    const verified = await this.verify(token).catch(refuseToken);
    noteOrg(verified.orgId);
    if (verified.bearer?.opentokSessionId !== opentokSessionId) throw opentokToken();
    const { sid } = await this.sessions.get(this.db, verified.orgId, opentokSessionId);
    return this.admission.admit(askedBy(verified, { ...verified.bearer, sid, name }));
  }

  private async verify(token: string): Promise<Verified> {
    if (!token.startsWith('T1==')) {
      const { claims, ...signer } = await this.signers.verifyJwt(token);
      return { ...signer, bearer: bearerOfJwt(claims), hash: signedPartHash(token) };
    }
    const { fields, ...signer } = await this.signers.verifyT1(token);
    return { ...signer, bearer: bearerOfT1(fields), hash: createHash('sha256').update(token).digest('base64url') };
  }
}

/** Each nonce is one person. */
function askedBy({ orgId, clientId, active, hash }: Verified, { nonce, role, issuedAt, expiresAt, sid, name }: OpentokBearer & { sid: string; name: string | undefined }): Asked {
  const person = `nonce:${nonce}`;
  return {
    ...{ orgId, sid, clientId, active, ref: null, name: name ?? nameless[role] },
    ...{ person, identities: [person], knownByNameOnly: false },
    role: role === 'moderator' ? 'owner' : 'guest',
    capabilities: capabilitiesOf[role],
    capacity: DEFAULT_CAPACITY,
    ...{ issuedAt, notBefore: undefined, expiresAt, hash },
  };
}

/** Whatever kind of token it would have been. */
function refuseToken(error: unknown): never {
  const { kind, code } = error as { kind?: unknown; code?: unknown };
  if (kind === 'unauthenticated' || code === 'request.invalid') throw opentokToken();
  throw error;
}
