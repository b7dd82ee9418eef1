import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { findOpentokSigner, OpentokTokenFields, ReplyOf, RequestOf, signOpentokToken, verifyOpentokT1 } from '@parley/dto';
import { Database } from '@parley/persistence';
import { newClientSecret } from '../clients/client.entity.js';
import { ClientDirectory } from '../clients/client-directory.js';
import { noClient, t1Invalid } from './opentok.errors.js';
import { SignersRepository } from './signers.repository.js';
import { encodeT1, isSignedWith, readT1 } from './t1.js';

/** Nobody's secret: tried where there is none, so that an unknown API key costs what a bad signature costs. */
const decoy = newClientSecret();

/** What is done for OpenTok with an `api_key_secret`. */
@Injectable()
export class OpentokService {
  constructor(
    private readonly db: Database,
    private readonly signers: SignersRepository,
    private readonly clients: ClientDirectory,
  ) {}

  async findSigner({ orgId, clientId }: RequestOf<typeof findOpentokSigner>): Promise<ReplyOf<typeof findOpentokSigner>> {
    const found = await this.signers.find(this.db, orgId, clientId);
    if (found === undefined) throw noClient();
    return { clientId: found };
  }

  /** With the newest secret. */
  async sign({ format, fields, ...asked }: RequestOf<typeof signOpentokToken>): Promise<ReplyOf<typeof signOpentokToken>> {
    const { clientId } = await this.findSigner(asked);
    const [secret] = (await this.clients.find(clientId))?.secrets ?? [];
    if (secret === undefined) throw noClient();
    return { clientId, token: format === 't1' ? encodeT1({ clientId, secret }, fields) : encodeJwt({ clientId, secret }, fields) };
  }

  async verifyT1({ token }: RequestOf<typeof verifyOpentokT1>): Promise<ReplyOf<typeof verifyOpentokT1>> {
    const t1 = readT1(token);
    if (!t1) throw t1Invalid();
    const client = await this.clients.find(t1.partnerId);
    const secrets = client?.secrets.length ? client.secrets : [decoy];
    if (!isSignedWith(t1, secrets) || !client) throw t1Invalid();
    return { orgId: client.orgId, clientId: client.id, active: client.active, fields: t1.fields };
  }
}

/** opentok.md, Token: `OPENTOK_TOKEN_FORMAT=jwt`. */
function encodeJwt({ clientId, secret }: { clientId: string; secret: string }, fields: OpentokTokenFields): string {
  const claims = { iss: clientId, ist: 'project', iat: fields.create_time, exp: fields.expire_time, ...fields, scope: 'session.connect' };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
