import { API_AUDIENCE } from '@parley/dto';
import type { Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';

/** What a person has allowed a client before, scopes separated by blanks; undefined: never anything. */
export type Remembered = (userId: string, clientId: string) => Promise<string | undefined>;

interface Granted {
  userId: string;
  clientId: string;
  /** Separated by blanks, those of OpenID Connect among them. */
  scope: string;
}

const ofOpenId = ['openid', 'offline_access'];

/** A new authorization: what is issued under it ends with it. Never used twice, so that a replay in one place ends nothing elsewhere. */
export async function newGrant(provider: Provider, { userId, clientId, scope }: Granted): Promise<Grant> {
  const grant = new provider.Grant({ accountId: userId, clientId });
  const scopes = scope.split(' ').filter(Boolean);
  grant.addOIDCScope(scopes.filter((each) => ofOpenId.includes(each)).join(' '));
  grant.addResourceScope(API_AUDIENCE, scopes.filter((each) => !ofOpenId.includes(each)).join(' '));
  await grant.save();
  return grant;
}

/** The one that was made when the person said yes a moment ago, or a copy of what is remembered. */
export async function grantOfThisAuthorization(ctx: KoaContextWithOIDC, remembered: Remembered): Promise<Grant | undefined> {
  const { provider, client, account, result } = ctx.oidc;
  const agreed = result?.consent?.grantId;
  if (agreed !== undefined) return provider.Grant.find(agreed);
  if (!client || !account) return undefined;
  const [userId, { clientId }] = [account.accountId, client];
  const scope = await remembered(userId, clientId);
  return scope === undefined ? undefined : newGrant(provider, { userId, clientId, scope });
}
