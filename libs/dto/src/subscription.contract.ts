import { z } from 'zod';
import { Instant, ofOrg, pageOf, PageRequest, ShortText } from './common.contract.js';
import { event, rpc } from './contract.js';

/** The right of one user (`ref`) to host sessions. `version` counts its changes: 1 created, 2 removed. */
export const SubscriptionDto = z.object({
  subscriptionId: z.uuid(),
  orgId: z.string(),
  ref: z.string(),
  name: z.string(),
  email: z.string(),
  started: Instant,
  ended: Instant.nullable(),
  active: z.boolean(),
  version: z.int().positive(),
});
export type SubscriptionDto = z.output<typeof SubscriptionDto>;

const SubscriptionId = z.object({ subscriptionId: z.string().max(256) });

export const createSubscription = rpc('subscription', 'create-subscription', {
  ...ofOrg,
  doc: 'Creates a subscription (C3). Fails with `subscription.ref_taken` while another of the same `ref` is active.',
  idempotent: true,
  request: z.object({ ref: ShortText, email: ShortText, name: ShortText }),
  reply: SubscriptionDto,
});

export const listSubscriptions = rpc('subscription', 'list-subscriptions', {
  ...ofOrg,
  doc: 'The org’s subscriptions in creation order, removed ones included (C4).',
  request: PageRequest,
  reply: pageOf(SubscriptionDto),
});

export const getSubscription = rpc('subscription', 'get-subscription', {
  ...ofOrg,
  doc: 'One subscription (C5). Fails with `subscription.not_found`.',
  request: SubscriptionId,
  reply: SubscriptionDto,
});

export const removeSubscription = rpc('subscription', 'remove-subscription', {
  ...ofOrg,
  doc: 'Ends a subscription for ever (C6); idempotent. Once it has answered no new entry is granted for it. `endSessions`: the session it is in ends too.',
  request: SubscriptionId.extend({ endSessions: z.boolean().default(false) }),
  reply: SubscriptionDto,
});

export const findActiveSubscription = rpc('subscription', 'find-active', {
  doc: 'The active subscription of a `ref`, or null.',
  access: 'service',
  callers: ['session'],
  request: z.object({ orgId: z.string(), ref: z.string() }),
  reply: z.object({ subscription: SubscriptionDto.nullable() }),
});

/** Someone may host sessions from now on. */
export const subscriptionCreated = event('subscription', 'subscription-created', 1, {
  doc: 'A subscription began: its `ref` may host sessions.',
  data: z.object({ subscriptionId: z.uuid(), ref: z.string(), name: z.string(), startedAt: Instant, version: z.int().positive() }),
  examples: [{ subscriptionId: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e', ref: 'dr-grey', name: 'Dr Grey', startedAt: '2026-11-01T09:00:00.000Z', version: 1 }],
});

/** The subscription is over for ever; its `ref` may be used by a new one. */
export const subscriptionRemoved = event('subscription', 'subscription-removed', 1, {
  doc: 'A subscription ended: no new entry is granted for it.',
  data: z.object({ subscriptionId: z.uuid(), ref: z.string(), endedAt: Instant, endSessions: z.boolean(), version: z.int().positive() }),
  examples: [{ subscriptionId: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e', ref: 'dr-grey', endedAt: '2026-11-02T17:30:00.000Z', endSessions: false, version: 2 }],
});
