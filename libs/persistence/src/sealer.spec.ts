import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Sealer } from './sealer.js';

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
const context = { table: 'client', row: 'c1', org: 'o1' };
const sealer = new Sealer(new Map([['old', oldKey]]));

test('a sealed secret opens for its own record', () => {
  expect(sealer.open(sealer.seal('пароль', context), context)).toBe('пароль');
});

test('the sealed form shows neither the secret nor that two secrets are the same', () => {
  const sealed = sealer.seal('hunter2', context);
  expect(sealed).toMatch(/^v1\.old\.[\w-]+\.[\w-]+$/);
  expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString()).not.toContain('hunter2');
  expect(sealer.seal('hunter2', context)).not.toBe(sealed);
});

test.each([{ table: 'org' }, { row: 'c2' }, { org: 'o2' }])('a secret moved to another place does not open: %o', (elsewhere) => {
  expect(() => sealer.open(sealer.seal('hunter2', context), { ...context, ...elsewhere })).toThrow('does not open');
});

test.each([2, 3])('a changed byte in part %i is noticed', (part) => {
  const parts = sealer.seal('hunter2', context).split('.');
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  parts[part] = bytes.toString('base64url');
  expect(() => sealer.open(parts.join('.'), context)).toThrow('does not open');
});

test('after a change of keys old secrets open, and can be moved to the new key', () => {
  const sealed = sealer.seal('hunter2', context);
  const both = new Sealer(new Map([['new', newKey], ['old', oldKey]]));
  expect(both.open(sealed, context)).toBe('hunter2');
  expect(both.isCurrent(sealed)).toBe(false);
  const moved = both.rewrap(sealed, context);
  expect(both.isCurrent(moved)).toBe(true);
  expect(new Sealer(new Map([['new', newKey]])).open(moved, context)).toBe('hunter2');
  expect(() => sealer.open(moved, context)).toThrow('The key new is not in the key file');
});

describe('the key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealer-'));
  const file = join(folder, 'keys');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('its first line is the current key', () => {
    writeFileSync(file, `# rotated in May\nnew ${newKey.toString('base64url')}\n\nold ${oldKey.toString('base64url')}\n`);
    expect(Sealer.fromFile(file).seal('x', context)).toMatch(/^v1\.new\./);
  });

  test.each(['', 'id', 'id c2hvcnQ', `a.b ${oldKey.toString('base64url')}`])('%j is refused without being shown', (text) => {
    writeFileSync(file, text);
    expect(() => Sealer.fromFile(file)).toThrow(/no key to seal with|Each line of the key file/);
  });

  describe('that changes', () => {
    const line = (id: string, key: Buffer) => `${id} ${key.toString('base64url')}\n`;
    const asTimePasses = (ms: number) => void jest.advanceTimersByTime(ms);
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    test('takes effect within a second: the new key seals, the old one still opens', () => {
      writeFileSync(file, line('old', oldKey));
      const running = Sealer.fromFile(file);
      const sealed = running.seal('x', context);
      writeFileSync(file, line('new', newKey) + line('old', oldKey));
      asTimePasses(1_001);
      expect(running.seal('x', context)).toMatch(/^v1\.new\./);
      expect(running.open(sealed, context)).toBe('x');
    });

    test('is read at once for a record under a key that is not known yet', () => {
      writeFileSync(file, line('old', oldKey));
      const running = Sealer.fromFile(file);
      writeFileSync(file, line('new', newKey) + line('old', oldKey));
      expect(running.open(Sealer.fromFile(file).seal('x', context), context)).toBe('x');
    });

    test.each([['half written', 'new c2hv'], ['empty', '']])('changes nothing while it is %s', (_case, text) => {
      writeFileSync(file, line('old', oldKey));
      const running = Sealer.fromFile(file);
      writeFileSync(file, text);
      asTimePasses(1_001);
      expect(running.seal('x', context)).toMatch(/^v1\.old\./);
      writeFileSync(file, line('new', newKey));
      asTimePasses(1_001);
      expect(running.seal('x', context)).toMatch(/^v1\.new\./);
    });
  });
});
