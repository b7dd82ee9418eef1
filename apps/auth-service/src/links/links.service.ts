import { Injectable } from '@nestjs/common';
import type { ReplyOf, verifyLink } from '@parley/dto';
import { signedWith } from '@parley/jwt';
import { ClientDirectory } from '../clients/client-directory.js';
import { newClientSecret } from '../clients/client.entity.js';
import { SecretUses } from '../clients/secret-uses.js';
import { linkInvalid } from './links.errors.js';
import { readLink } from './session-link.js';

/** Nobody's secret: tried where there is none, so that an unknown `iss` costs what a bad signature costs. */
const decoy = newClientSecret();

@Injectable()
export class LinksService {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly uses: SecretUses,
  ) {}

  async verify(text: string): Promise<ReplyOf<typeof verifyLink>> {
    const link = readLink(text);
    if (!link) throw linkInvalid();
    const client = await this.clients.find(link.issuer);
    const secrets = client?.secrets.length ? client.secrets : [decoy];
    const signer = signedWith(link, secrets);
    if (signer < 0 || !client) throw linkInvalid();
    this.uses.note(client, secrets[signer] ?? '');
    return { orgId: client.orgId, clientId: client.id, active: client.active, secret: signer === 0 ? 'newest' : 'older', claims: link.claims };
  }
}
