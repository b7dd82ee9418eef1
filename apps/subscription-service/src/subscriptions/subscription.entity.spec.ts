import { subscriptionCreated, subscriptionRemoved } from '@parley/dto';
import { Subscription, type SubscriptionRow } from './subscription.entity.js';

const started = new Date('2026-11-01T09:00:00Z');
const row: SubscriptionRow = { id: '0192f3a0-7b6c-7c3a-9d5e-2f1a6b7c8d9e', orgId: 'org-1', ref: 'dr-grey', name: 'Dr Grey', email: 'grey@example.test', started, ended: null, version: 1 };
const active = new Subscription(row);
const removed = new Subscription({ ...row, ended: new Date('2026-11-02T17:30:00Z'), version: 2 });

describe('A subscription', () => {
  it('tells facts that fit their contracts', () => {
    expect(() => subscriptionCreated.data.parse(active.createdFact().data)).not.toThrow();
    expect(() => subscriptionRemoved.data.parse(removed.removedFact(true).data)).not.toThrow();
  });

  it('tells each change under its version as the sequence', () => {
    expect([active.createdFact().sequence, removed.removedFact(false).sequence]).toEqual([1, 2]);
  });

  it('has no end to tell while it is active', () => {
    expect(() => active.removedFact(false)).toThrow('is active');
  });

  it('tells nobody its email in an event', () => {
    expect(JSON.stringify([active.createdFact(), removed.removedFact(true)])).not.toContain('example.test');
  });
});
