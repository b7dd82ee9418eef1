import { randomUUID } from 'node:crypto';
import { type ClientDto, findActiveSubscription, findCallSession, findClient, findOpentokSigner, findOrg, type ReplyOf, type RequestInputOf, type RequestOf, type RpcContract, signOpentokToken, type PlacedCallDto, type SubscriptionDto, unavailable, type VerifiedLink, verifyLinks, verifyOpentokT1 } from '@parley/dto';

/** The org whose client signs the links of specs. */
export const ORG = 'org-1';

/** A link as the other services see it; whose signature is good is auth-service's to know. */
export function linkOf(claims: Record<string, unknown>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const signerOf = ({ clientId, orgId = '' }: { clientId?: string | null; orgId?: string }): string => clientId ?? orgId.replace(/^org-/, 'key-');

/** An OpenTok token as the other services see it. */
export const t1Of = (clientId: string, fields: object): string => `T1==${Buffer.from(JSON.stringify({ clientId, fields })).toString('base64')}`;

/** Auth- and subscription-service as this service meets them: they answer, refuse, or are away. */
export class OutsideWorld {
  /** False: the client or its org is disabled. */
  clientActive = true;
  away = new Set<'auth' | 'subscription' | 'call'>();
  /** Clients whose links were signed under secrets that are rotated away. */
  readonly rotated = new Set<string>();
  /** Refs for which subscription-service does not answer. */
  readonly hanging = new Set<string>();
  /** Placed calls, by their ids. */
  readonly calls = new Map<string, PlacedCallDto>();
  readonly asked: string[] = [];
  private readonly subscriptions = new Map<string, SubscriptionDto>();

  private readonly answers: Readonly<Record<string, (data: Record<string, string>) => unknown>> = {
    [verifyLinks.subject]: (data) => ({ verified: (data['links'] as unknown as string[]).map((link) => this.verify(link)) }),
    [findActiveSubscription.subject]: (data) => ({ subscription: this.subscriptions.get(`${data['orgId']} ${data['ref']}`) ?? null }),
    [findCallSession.subject]: (data) => ({ call: this.calls.get(data['callId'] ?? '') ?? null }),
    [findClient.subject]: (data) => ({ client: this.client(data['clientId'] ?? '') }),
    [findOrg.subject]: ({ orgId = '' }) => ({ orgId, name: orgId, active: this.clientActive }),
    [findOpentokSigner.subject]: (data) => ({ clientId: signerOf(data) }),
    [signOpentokToken.subject]: (data) => this.signToken(data as unknown as RequestOf<typeof signOpentokToken>),
    [verifyOpentokT1.subject]: (data) => this.verifyT1(data['token'] ?? ''),
  };

  /** What `RpcClient.call` does. */
  call<C extends RpcContract>(contract: C, data: RequestInputOf<C>): Promise<ReplyOf<C>> {
    this.asked.push(contract.subject);
    if (this.away.has(contract.owner as 'auth')) return Promise.reject(unavailable(`The ${contract.owner} service`));
    return this.answer(contract.subject, data as Record<string, string>) as Promise<ReplyOf<C>>;
  }

  /** An active subscription for the ref; one that was there before is gone. */
  subscribe(ref: string, orgId = ORG): SubscriptionDto {
    const subscription = {
      ...{ subscriptionId: randomUUID(), orgId, ref, name: ref, email: `${ref}@example.org` },
      ...{ started: '2026-01-01T00:00:00.000Z', ended: null, active: true, version: 1 },
    };
    this.subscriptions.set(`${orgId} ${ref}`, subscription);
    return subscription;
  }

  unsubscribe(ref: string, orgId = ORG): void {
    this.subscriptions.delete(`${orgId} ${ref}`);
  }

  private async answer(subject: string, data: Record<string, string>): Promise<unknown> {
    await Promise.resolve();
    if (this.hanging.has(data['ref'] ?? '')) await new Promise(() => undefined);
    const answer = this.answers[subject];
    if (!answer) throw new Error(`nobody answers ${subject}`);
    return answer(data);
  }

  private signToken({ format, fields, ...asked }: RequestOf<typeof signOpentokToken>): ReplyOf<typeof signOpentokToken> {
    const clientId = signerOf(asked);
    const claims = { iss: clientId, ist: 'project', iat: fields.create_time, exp: fields.expire_time, ...fields, scope: 'session.connect' };
    return { clientId, token: format === 't1' ? t1Of(clientId, fields) : linkOf(claims) };
  }

  private verifyT1(token: string): ReplyOf<typeof verifyOpentokT1> {
    const { clientId, fields } = JSON.parse(Buffer.from(token.slice(4), 'base64').toString()) as { clientId: string; fields: Record<string, unknown> };
    const texts = Object.entries(fields).map(([key, value]) => [key, String(value)]);
    return { orgId: clientId.replace(/^key-/, 'org-'), clientId, active: this.clientActive, fields: Object.fromEntries(texts) as Record<string, string> };
  }

  private client(clientId: string): ClientDto {
    return { clientId, orgId: clientId.replace(/^key-/, 'org-'), name: clientId, active: this.clientActive };
  }

  private verify(link: string): VerifiedLink | null {
    const [, payload, signature] = link.split('.');
    const claims = signature === 'c2lnbmF0dXJl' ? (JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as Record<string, unknown>) : {};
    const client = String(claims['iss']);
    if (signature !== 'c2lnbmF0dXJl' || this.rotated.has(client)) return null;
    return { orgId: client.replace(/^key-/, 'org-'), clientId: client, active: this.clientActive, secret: 'newest', claims };
  }
}
