import { readFileSync } from 'node:fs';
import * as dto from './index.js';
import { AppError, type EventContract, type RpcContract, whispers } from './index.js';

type Contract = RpcContract | EventContract;
const isContract = (value: unknown): value is Contract => typeof value === 'object' && value !== null && 'subject' in value && 'owner' in value;
const contracts: Contract[] = (Object.values(dto) as unknown[]).filter(isContract);
const requests = contracts.filter((contract) => contract.type === 'rpc');
const events = contracts.filter((contract) => contract.type === 'event');
const published = JSON.parse(readFileSync(new URL('./published-examples.json', import.meta.url), 'utf8')) as Record<string, unknown[]>;
const named = <C extends Contract>(list: C[]) => list.map((contract) => [contract.subject, contract] as const);

describe('The contracts', () => {
  it('have a subject each, of their own', () => {
    expect(new Set(contracts.map(({ subject }) => subject)).size).toBe(contracts.length);
    expect(contracts.length).toBeGreaterThan(20);
  });

  it.each(named(requests))('%s: named rpc.<owner>.<verb-noun>, internal ones for services only', (subject, { owner, access, callers }) => {
    const internal = access === 'service';
    expect(subject).toMatch(internal ? /^rpc\.[a-z]+\.internal\.[a-z]+(-[a-z]+)+$/ : /^rpc\.[a-z]+\.[a-z]+(-[a-z]+)+$/);
    expect(subject.split('.')[1]).toBe(owner);
    expect(callers.length).toBeGreaterThan(0);
    if (internal) expect(callers).not.toContain('gateway');
  });

  it.each(named(requests))('%s: whoever comes with an access token needs a scope', (_subject, { access, scope }) => {
    expect(scope !== undefined).toBe(access === 'access');
  });

  it.each(named(requests.filter(({ idempotent }) => idempotent)))('I.1 %s: whoever may repeat it is known by an access token', (_subject, { access }) => {
    expect(access).toBe('access');
  });

  it.each(named(events))('%s: named evt.<owner>.<noun-past>.v<n>', (subject, { owner }) => {
    expect(subject).toMatch(/^evt\.[a-z]+\.[a-z]+(-[a-z]+)+\.v\d+$/);
    expect(subject.split('.')[1]).toBe(owner);
  });

  it.each(Object.entries(published))('%s: every example ever published can be read', (subject, examples) => {
    const contract = events.find((event) => event.subject === subject);

    expect(examples.length).toBeGreaterThan(0);
    expect(examples.map((example) => contract?.data.safeParse(example).error?.issues ?? (contract ? 'read' : 'nobody tells it any more'))).toEqual(examples.map(() => 'read'));
  });

  it.each(named(events))('%s: its examples are read as they are', (_subject, { data, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(data.parse(example)).toEqual(example);
  });

  it.each(named(contracts))('%s: has a sentence for the reader', (_subject, { doc }) => {
    expect(doc).toMatch(/^[A-Z].{10,}[.).]$/s);
  });

  it('have whispers beside them, one to each owner, which no service but the one concerned is to hear', () => {
    expect(whispers.map(({ subjectOf }) => subjectOf('call'))).toEqual(['live.call.outbox', 'live.call.refill']);
    expect(contracts.map(({ subject }) => subject)).not.toEqual(expect.arrayContaining([expect.stringMatching(/\.(outbox|refill)$/)]));
  });
});

describe('A failure', () => {
  it('crosses JSON whole, and nothing of it but kind, code, message and details', () => {
    const error = new AppError('conflict', 'session.full', 'The session is full', { limit: 5 });
    const wire = JSON.parse(JSON.stringify(error)) as unknown;
    expect(wire).toEqual({ kind: 'conflict', code: 'session.full', message: 'The session is full', details: { limit: 5 } });
    expect(AppError.isShape(wire) && AppError.fromJSON(wire)).toMatchObject(error);
  });

  it.each([null, 'text', {}, { kind: 'odd', code: 'a', message: 'b' }, { kind: 'conflict', code: 1, message: 'b' }])('is told from what is none: %j', (value) => {
    expect(AppError.isShape(value)).toBe(false);
  });
});
