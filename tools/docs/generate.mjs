// node tools/docs/generate.mjs [--check]: writes what says what the code already says: parts of docs/, and the examples of events that were ever published (run the build first).
// With --check it writes nothing and fails, naming the files that are out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { asyncApiDocument } from './asyncapi.mjs';
import { messagesPage } from './messages.mjs';
import { operatingPage } from './operating.mjs';
import { file as examplesFile, publishedExamples, remarks } from './published-examples.mjs';

const pages = {
  'docs/messages.md': messagesPage(),
  'docs/operating.md': await operatingPage(),
  'docs/asyncapi.json': asyncApiDocument(),
  [examplesFile]: publishedExamples(),
};
const stale = Object.entries(pages).filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);

for (const remark of remarks()) console.error(remark);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is out of date: run node tools/docs/generate.mjs`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const [file, text] of stale) writeFileSync(file, text);
console.log(stale.length > 0 ? `wrote ${stale.map(([file]) => file).join(', ')}` : 'nothing has changed');
