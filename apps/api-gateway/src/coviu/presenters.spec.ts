import type { CallRecordDto, EntryDto, SessionDto, SubscriptionDto } from '@parley/dto';
import { callResource } from './calls/call.presenter.js';
import { collection } from './collection.js';
import { clientResource, orgResource, rootResource } from './orgs/org.presenter.js';
import { entryResource, leasedEntryResource } from './sessions/entry.presenter.js';
import { sessionResource } from './sessions/session.presenter.js';
import { subscriptionResource } from './subscriptions/subscription.presenter.js';

const started = '2026-11-01T09:00:00.999Z';
const ended = '2026-11-01T10:00:00.000Z';
const [STARTED, ENDED] = [1793523600, 1793527200];

const subscription: SubscriptionDto = {
  subscriptionId: 'sub-1', orgId: 'org 1', ref: 'dr-grey', name: 'Dr Grey', email: 'grey@example.test', started, ended: null, active: true, version: 1,
};
const entry: EntryDto = {
  entryId: 'e-1', orgId: 'org-1', sessionId: 'occurrence-1', sid: 'room 1/2?', clientId: 'key-1', subscriptionId: 'sub-1', name: 'Ann', role: 'guest',
  peerId: 'p-1', enteredAt: started, accessToken: 'a.b.c', leaseUntil: ended, endedAt: null,
};
const session: SessionDto = { sessionId: 'occurrence-1', sid: 'ü#1', orgId: 'org-1', state: 'open', started, ended: null, endReason: null, participants: 2 };
const call: CallRecordDto = {
  callId: 'c-1', sid: 'room', orgId: 'org-1', started, ended, durationSeconds: 3599, endReason: 'empty',
  participants: [{ entryId: 'e-1', name: 'Ann', role: 'guest', joined: started, left: null, how: null }],
};

describe('The resources', () => {
  it('C2.1, C2.2: root', () => {
    expect(rootResource({ clientId: 'key-1', orgId: 'org-1', name: 'Clinic', active: true })).toEqual({
      content: { active: true, orgId: 'org-1', clientId: 'key-1' },
      _links: {
        org: { href: '/v1/orgs/org-1' },
        self: { href: '/v1' },
        sessions: { href: '/v1/orgs/org-1/sessions' },
        subscriptions: { href: '/v1/orgs/org-1/subscriptions' },
        calls: { href: '/v1/orgs/org-1/calls' },
        aliases: { href: '/v1/orgs/org-1/aliases' },
        refusals: { href: '/v1/orgs/org-1/refusals' },
        bans: { href: '/v1/orgs/org-1/bans' },
        linkRevocations: { href: '/v1/orgs/org-1/link-revocations' },
        usage: { href: '/v1/orgs/org-1/usage' },
      },
    });
  });

  it('C3.2: an active subscription has no end', () => {
    expect(subscriptionResource(subscription)).toEqual({
      content: {
        ref: 'dr-grey', remoteRef: 'dr-grey', name: 'Dr Grey', started: STARTED, ended: null, orgId: 'org 1', active: true, subscriptionId: 'sub-1', email: 'grey@example.test',
      },
      _links: {
        org: { href: '/v1/orgs/org%201' },
        self: { href: '/v1/orgs/org%201/subscriptions/sub-1' },
        sessions: { href: '/v1/orgs/org%201/subscriptions/sub-1/sessions?page=0&count=200' },
      },
    });
  });

  it('C6.1: a removed one has', () => {
    expect(subscriptionResource({ ...subscription, active: false, ended }).content).toMatchObject({ active: false, ended: ENDED });
  });

  it('C7.1, G.3, G.4: an entry, its session percent-encoded', () => {
    expect(entryResource(entry)).toEqual({
      content: {
        name: 'Ann', accessToken: 'a.b.c', clientId: 'key-1', sessionId: 'room 1/2?', orgId: 'org-1', entryTime: STARTED, entryId: 'e-1', subscriptionId: 'sub-1', role: 'guest', peerId: 'p-1',
      },
      _links: {
        org: { href: '/v1/orgs/org-1' },
        self: { href: '/v1/orgs/org-1/sessions/room%201%2F2%3F' },
        client: { href: '/v1/orgs/org-1/clients/key-1' },
        subscription: { href: '/v1/orgs/org-1/subscriptions/sub-1' },
      },
    });
  });

  it('C7.2: an entry without a subscription says so and has no such link', () => {
    const { content, _links } = entryResource({ ...entry, subscriptionId: null });
    expect(content).toMatchObject({ subscriptionId: null });
    expect(Object.keys(_links)).toEqual(['org', 'self', 'client']);
  });

  it('C12.1: with the end of its lease', () => {
    expect(leasedEntryResource(entry).content).toMatchObject({ entryId: 'e-1', leaseUntil: ENDED });
  });

  it('C10.1: org and client', () => {
    expect(orgResource({ orgId: 'org-1', name: 'Clinic', active: true })).toMatchObject({
      content: { orgId: 'org-1', name: 'Clinic', active: true },
      _links: { self: { href: '/v1/orgs/org-1' }, sessions: expect.anything(), subscriptions: expect.anything(), calls: expect.anything(),
        ...{ refusals: expect.anything(), bans: expect.anything(), linkRevocations: expect.anything() } },
    });
    expect(clientResource({ orgId: 'org-1', clientId: 'key-1', name: 'Clinic', active: false })).toEqual({
      content: { clientId: 'key-1', name: 'Clinic', active: false },
      _links: { self: { href: '/v1/orgs/org-1/clients/key-1' }, org: { href: '/v1/orgs/org-1' } },
    });
  });

  it('C10.2: session', () => {
    expect(sessionResource(session)).toEqual({
      content: { sessionId: 'ü#1', state: 'open', started: STARTED, ended: null, endReason: null, participants: 2 },
      _links: {
        self: { href: '/v1/orgs/org-1/sessions/%C3%BC%231' },
        org: { href: '/v1/orgs/org-1' },
        entries: { href: '/v1/orgs/org-1/sessions/%C3%BC%231/entries' },
        participants: { href: '/v1/orgs/org-1/sessions/%C3%BC%231/participants' },
        settings: { href: '/v1/orgs/org-1/sessions/%C3%BC%231/settings' },
        calls: { href: '/v1/orgs/org-1/calls?sid=%C3%BC%231' },
      },
    });
  });

  it('C14.1: call record', () => {
    expect(callResource(call)).toEqual({
      content: {
        callId: 'c-1', sessionId: 'room', orgId: 'org-1', started: STARTED, ended: ENDED, durationSeconds: 3599, endReason: 'empty',
        participants: [{ entryId: 'e-1', name: 'Ann', role: 'guest', joined: STARTED, left: null, how: null }],
      },
      _links: { self: { href: '/v1/orgs/org-1/calls/c-1' }, org: { href: '/v1/orgs/org-1' }, session: { href: '/v1/orgs/org-1/sessions/room' } },
    });
  });
});

describe('A page', () => {
  const item = (name: string) => ({ content: { name }, _links: {} });
  const parts = { path: '/v1/list', cursor: undefined, item };

  it('P.4: has neither next nor previous when it is alone', () => {
    expect(collection({ items: ['a'], page: 0, count: 200 }, parts)).toEqual({
      content: [{ content: { name: 'a' }, _links: {} }],
      _links: { self: { href: '/v1/list?page=0&count=200' } },
    });
  });

  it('P.5: hands the cursors of the service on, and what was asked for besides', () => {
    const page = { items: [], page: 2, count: 5, next: { page: 3, cursor: 'n=' }, previous: { page: 1 } };
    expect(collection(page, { ...parts, cursor: 'here', filter: { sid: 'room 1' } })._links).toEqual({
      self: { href: '/v1/list?page=2&count=5&sid=room+1&cursor=here' },
      next: { href: '/v1/list?page=3&count=5&sid=room+1&cursor=n%3D' },
      previous: { href: '/v1/list?page=1&count=5&sid=room+1' },
    });
  });
});
