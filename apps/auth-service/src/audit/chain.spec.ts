import type { Act } from '@parley/dto';
import { append, canonical, findFault, GENESIS, type Link } from './chain.js';

const act = (name: string): Act => ({ act: name, at: '2026-11-01T09:00:00.000Z', who: { kind: 'operator', id: 'operator' }, from: '192.0.2.7', requestId: null, target: { kind: 'client', id: 'c' }, details: { b: 1, a: [true] } });

const start = { number: 0, hash: GENESIS };
const chain = (): Link[] => {
  const links: Link[] = [];
  for (const name of ['org.created', 'client.created', 'client.changed', 'client.disabled']) links.push(append(links.at(-1) ?? start, 'org-1', act(name)));
  return links;
};
const changed = (at: number, change: Partial<Link>): Link[] => chain().map((link, index) => (index === at ? { ...link, ...change } : link));

describe('canonical JSON', () => {
  it('is the same text for the same facts, in whatever order they stand', () => {
    expect(canonical({ b: [1, { d: 'x', c: null }], a: 'ä' })).toBe('{"a":"ä","b":[1,{"c":null,"d":"x"}]}');
    expect(canonical({ a: 1, b: undefined })).toBe('{"a":1}');
  });
});

describe('a chain', () => {
  it('that nobody touched holds, also from any place on', () => {
    expect(findFault('org-1', start, chain())).toBeUndefined();
    expect(findFault('org-1', chain()[1]!, chain().slice(2))).toBeUndefined();
  });

  it('has hashes that anybody can recompute (this one by another program)', () => {
    expect(chain()[0]?.hash).toBe('3ebfe85949ca15385ec7efe671090c3e4f6d9ba30464dde3936435843f57fd0e');
  });

  it.each<[string, Link[], number, string]>([
    ['a changed entry', changed(1, { entry: chain()[1]!.entry.replace('operator', 'nobody') }), 2, 'changed'],
    ['a changed hash', changed(2, { hash: GENESIS }), 3, 'changed'],
    ['a removed entry', chain().filter((_, index) => index !== 1), 2, 'missing'],
    ['a removed beginning', chain().slice(1), 1, 'missing'],
    ['an entry in the place of another', changed(2, { ...chain()[1]!, number: 3 }), 3, 'does not follow'],
    ['a rewritten entry with the right hash', changed(1, append(chain()[0]!, 'org-1', act('client.forged'))), 3, 'does not follow'],
    ['an entry of another org', changed(3, append(chain()[2]!, 'org-2', act('client.disabled'))), 4, 'another place'],
  ])('does not hold with %s, and says where', (_what, links, number, reason) => {
    expect(findFault('org-1', start, links)).toEqual({ number, reason: expect.stringContaining(reason) });
  });
});
