import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/dto';
import { ClientDirectory } from '../clients/client-directory.js';
import { Form } from '../tokens/form.js';
import { TokensService } from '../tokens/tokens.service.js';
import { admitRedirect, required } from './call-authorization.js';
import { withToken, withTokenInQuery } from './call-redirect.js';
import { exchangeRefused, grantTypeUnknown } from './click-to-call.errors.js';

const GRANT_TYPE = 'authorization_code';
/** What the token endpoint says of a wrong secret, client or code. */
const refusals = ['invalid_client', 'invalid_grant', 'unauthorized_client'];

/** A code for a token by way of addresses, as ClickToCall has it; everybody else posts to the token endpoint. */
@Injectable()
export class CallExchange {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly tokens: TokensService,
  ) {}

  /** The way back to the application, with the token. */
  async redeem(from: Form): Promise<string> {
    const [clientId, secret, code, redirectUri] = ['client_id', 'client_secret', 'code', 'redirect_uri'].map((name) => required(from, name)) as [string, string, string, string];
    if ((from.one('grant_type') ?? GRANT_TYPE) !== GRANT_TYPE) throw grantTypeUnknown();
    const { queryToken } = admitRedirect(await this.clients.find(clientId), redirectUri);
    const verifier = from.one('code_verifier');
    const fields = { grant_type: GRANT_TYPE, code, redirect_uri: redirectUri, ...(verifier === undefined ? {} : { code_verifier: verifier }) };
    const form = new Form(new URLSearchParams(fields).toString());
    const { access_token: token } = await this.tokens.grant({ presented: { kind: 'secret', clientId, secret }, form, coviu: false, accessOnly: true }).catch(refuse);
    const to = { redirectUri, state: from.one('state') };
    return queryToken ? withTokenInQuery(to, token) : withToken(to, token);
  }
}

/** The same failure has another status here than at the token endpoint (click-to-call.md). */
function refuse(failure: unknown): never {
  throw failure instanceof AppError && refusals.includes(failure.code) ? exchangeRefused() : failure;
}
