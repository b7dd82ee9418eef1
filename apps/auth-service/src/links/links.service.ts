import { Injectable } from '@nestjs/common';
import type { VerifiedLink } from '@parley/dto';
import { signedWith } from '@parley/jwt';
import { ClientDirectory } from '../clients/client-directory.js';
import { newClientSecret } from '../clients/client.entity.js';
import { SecretUses } from '../clients/secret-uses.js';
import { readLink } from './session-link.js';

/** Nobody's secret: tried where there is none, so that an unknown `iss` costs what a bad signature costs. */
const decoy = newClientSecret();

@Injectable()
export class LinksService {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly uses: SecretUses,
  ) {}

  /** Null alike for every reason: which of them it was is of use only to someone who tries. */
  async verify(text: string): Promise<VerifiedLink | null> {
    const link = readLink(text);
    if (!link) return null;
    const client = await this.clients.find(link.issuer);
    const secrets = client?.secrets.length ? client.secrets : [decoy];
    const signer = signedWith(link, secrets);
    if (signer < 0 || !client) return null;
    this.uses.note(client, secrets[signer] ?? '');
    return { orgId: client.orgId, clientId: client.id, active: client.active, secret: signer === 0 ? 'newest' : 'older', claims: link.claims };
  }
}
