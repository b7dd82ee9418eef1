import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { owners } from '@parley/dto';
import { checkout } from '../stack/checkout.js';
import { permissionsOfListener, systemIdentities } from '../stack/nats-identities.js';

const page = readFileSync(join(checkout, 'docs/messages.md'), 'utf8');
const inTables = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, subject = '']) => subject);
const anyDurable = (subject: string): string => subject.replace(/(?<=\.durable\.).*/, '<durable>');
const listed = [...new Set(inTables.flatMap((subject) => owners.map((owner) => subject.replace('<owner>', owner))))];
const isListed = (subject: string): boolean => listed.some((each) => each === anyDurable(subject));

const everybody = {
  ...systemIdentities(),
  presence: permissionsOfListener({ name: 'presence', consumes: owners }),
};
const ofNats = (subject: string): boolean => /^(\$JS\.(API|ACK)|_INBOX_[a-z-]+)\./.test(subject);
const ofMaker = (subject: string): boolean => subject === 'make.>';

/** The server refuses what nobody was permitted, so what is listed is all that is said. */
test.each(Object.entries(everybody))('docs/messages.md lists all that %s may say and hear', (_, { publish, subscribe }) => {
  const subjects = [...publish, ...subscribe].filter((subject) => !ofNats(subject) && !ofMaker(subject));
  expect(subjects.filter((subject) => !isListed(subject))).toEqual([]);
});

test('docs/messages.md lists nothing that nobody may say', () => {
  const said = new Set(Object.values(everybody).flatMap(({ publish }) => publish.map(anyDurable)));
  expect(listed.filter((subject) => !said.has(subject))).toEqual([]);
});
