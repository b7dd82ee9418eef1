import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { events } from './contracts.mjs';

export const file = 'libs/dto/src/published-examples.json';

/** Every example that a contract of an event has ever had, by subject: what is new is added, nothing is taken away. */
export function publishedExamples() {
  const published = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  for (const { subject, examples } of events) {
    const known = (published[subject] ??= []);
    known.push(...examples.filter((example) => !known.some((other) => isDeepStrictEqual(other, example))));
  }
  const subjects = Object.keys(published).sort((a, b) => a.localeCompare(b));
  return `${JSON.stringify(Object.fromEntries(subjects.map((subject) => [subject, published[subject]])), null, 2)}\n`;
}
