import { z } from 'zod';
import { CloudEvent, event } from '@parley/dto';
import { asParameter, outboxRow } from './outbox.js';

const doorOpened = event('session', 'door-opened', 1, {
  doc: 'A door was opened.',
  data: z.object({ door: z.string().min(1), by: z.string().default('nobody') }),
  examples: [{ door: 'front' }],
});
const fact = { aggregate: 'door:1', sequence: 3, orgId: 'org1', data: { door: 'front' } };

test('a fact becomes a CloudEvent with its id, place in the aggregate and org', () => {
  const { envelope, event_id } = outboxRow(doorOpened, fact, '00-trace');
  expect(CloudEvent.parse(envelope)).toEqual({
    specversion: '1.0',
    id: event_id,
    source: 'parley/session',
    type: 'evt.session.door-opened.v1',
    subject: 'door:1',
    time: expect.any(String),
    datacontenttype: 'application/json',
    orgid: 'org1',
    sequence: 3,
    traceparent: '00-trace',
    data: { door: 'front', by: 'nobody' },
  });
});

test('a fact that does not fit its contract is refused when it is told', () => {
  expect(() => outboxRow(doorOpened, { ...fact, data: { door: '' } }, undefined)).toThrow(z.ZodError);
});

test('nothing that the contract does not know leaves the service', () => {
  const leaky = { door: 'front', passcode: '1234' };
  expect(outboxRow(doorOpened, { ...fact, data: leaky }, undefined).envelope.data).not.toHaveProperty('passcode');
});

test.each([0, -1, 1.5])('a sequence of %d is refused', (sequence) => {
  expect(() => outboxRow(doorOpened, { ...fact, sequence }, undefined)).toThrow(RangeError);
});

test('an event that is too long for the broker is refused before it is written', () => {
  const small = outboxRow(doorOpened, fact, undefined);
  const huge = outboxRow(doorOpened, { ...fact, data: { door: 'x'.repeat(300_000) } }, undefined);
  expect(() => asParameter([small, huge])).toThrow('longer than 262144');
  expect(JSON.parse(asParameter(Array.from({ length: 2_000 }, () => small)))).toHaveLength(2_000);
});
