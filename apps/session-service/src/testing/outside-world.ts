import { randomUUID } from 'node:crypto';
import { AppError, findActiveSubscription, type ReplyOf, type RequestInputOf, type RpcContract, type SubscriptionDto, unavailable, verifyLink } from '@parley/dto';

/** The org whose client signs the links of specs. */
export const ORG = 'org-1';

/** A link as the other services see it; whose signature is good is auth-service's to know. */
export function linkOf(claims: Record<string, unknown>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** Auth- and subscription-service as this service meets them: they answer, refuse, or are away. */
export class OutsideWorld {
  /** False: the client or its org is disabled. */
  clientActive = true;
  away = new Set<'auth' | 'subscription'>();
  readonly asked: string[] = [];
  private readonly subscriptions = new Map<string, SubscriptionDto>();

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
    if (subject === verifyLink.subject) return this.verify(data['link'] ?? '');
    if (subject === findActiveSubscription.subject) return { subscription: this.subscriptions.get(`${data['orgId']} ${data['ref']}`) ?? null };
    throw new Error(`nobody answers ${subject}`);
  }

  private verify(link: string): ReplyOf<typeof verifyLink> {
    const [, payload, signature] = link.split('.');
    if (signature !== 'c2lnbmF0dXJl') throw new AppError('unauthenticated', 'link.invalid', 'This is not a link of ours.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as Record<string, unknown>;
    const client = String(claims['iss']);
    return { orgId: client.replace(/^key-/, 'org-'), clientId: client, active: this.clientActive, claims };
  }
}
