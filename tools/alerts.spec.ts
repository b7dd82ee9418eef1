import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkout } from './stack/checkout.js';

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string };
}

const read = (name: string): string => readFileSync(join(checkout, name), 'utf8');
const { groups } = parse(read('docker/alerts.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const metricsIn = (text: string): string[] => [...text.matchAll(/\bparley_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''));

/** Rows of the table of metrics: what each says, and what is worth an alert. */
const rows = read('docs/operating.md').split('\n').filter((line) => line.startsWith('| `parley_')).map((line) => line.split('|').slice(1, 4).map((cell) => cell.trim()));
const alerted = rows.filter(([, , alert]) => alert !== '-');

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for what is told, and says what is wrong', (_, { expr, annotations }) => {
  const known = rows.flatMap(([names = '']) => metricsIn(names));
  expect(metricsIn(expr).length).toBeGreaterThan(0);
  expect(known).toEqual(expect.arrayContaining(metricsIn(expr)));
  expect(annotations.summary).not.toBe('');
});

test('there is a rule for every metric that is worth one', () => {
  expect(alerted.length).toBeGreaterThan(4);
  const asked = new Set(rules.flatMap(({ expr }) => metricsIn(expr)));
  expect(alerted.filter(([names = '']) => !metricsIn(names).some((name) => asked.has(name)))).toEqual([]);
});
