import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { owners } from '@parley/dto';
import { checkout } from '../stack/checkout.js';
import { identitiesOf, permissionsOfListener } from '../stack/nats-identities.js';
import { serviceNames } from '../stack/services.js';

const page = readFileSync(join(checkout, 'docs/messages.md'), 'utf8');
const inTables = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, subject = '']) => subject);
const listed = new Set(inTables.flatMap((subject) => owners.map((owner) => subject.replace('<owner>', owner))));

const everybody = {
  ...Object.assign({}, ...serviceNames.map(identitiesOf)),
  presence: permissionsOfListener({ name: 'presence', consumes: owners }),
} as ReturnType<typeof identitiesOf>;
const ofNats = (subject: string): boolean => /^(\$JS\.(API|ACK)|_INBOX_[a-z-]+)\./.test(subject);

/** The server refuses what nobody was permitted, so what is listed is all that is said. */
test.each(Object.entries(everybody))('docs/messages.md lists all that %s may say and hear', (_, { publish, subscribe }) => {
  const subjects = [...publish, ...subscribe].filter((subject) => !ofNats(subject));
  expect(subjects.filter((subject) => !listed.has(subject))).toEqual([]);
});

test('docs/messages.md lists nothing that nobody may say', () => {
  const said = new Set(Object.values(everybody).flatMap(({ publish }) => publish));
  expect([...listed].filter((subject) => !said.has(subject))).toEqual([]);
});
