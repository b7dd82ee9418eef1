import { existsSync, readFileSync } from 'node:fs';
import { committedExamples, lackedBy } from '../../dist/tools/docs/example-history.js';
import { events } from './contracts.mjs';

export const file = 'libs/dto/src/published-examples.json';

const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const { versions, gap } = committedExamples(file, '.');

/** Every example that a contract of an event has ever had, by subject: what is new is added, and what was taken away is brought back. */
export function publishedExamples() {
  const today = Object.fromEntries(events.map(({ subject, examples }) => [subject, examples]));
  const lacked = lackedBy(kept, [...versions, today]);
  const subjects = [...new Set([...Object.keys(kept), ...Object.keys(lacked)])].sort((a, b) => a.localeCompare(b));
  return `${JSON.stringify(Object.fromEntries(subjects.map((subject) => [subject, [...(kept[subject] ?? []), ...(lacked[subject] ?? [])]])), null, 2)}\n`;
}

/** For people: which examples were committed and are gone, and whether any of that could not be seen. */
export function remarks() {
  const gone = Object.entries(lackedBy(kept, versions)).flatMap(([subject, examples]) => examples.map((example) => `${subject} ${JSON.stringify(example)}`));
  return [...gone.map((example) => `${file} lacks an example that was committed, and must be read for ever: ${example}`), ...(gap ? [`${file}: ${gap}`] : [])];
}
