import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CloudEvent, streamOf } from '../../dist/libs/dto/src/index.js';
import { events } from './contracts.mjs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const schemaOf = (schema) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

/** `evt.session.entry-granted.v1` as a name that may be part of a reference. */
const nameOf = (subject) => subject.replaceAll('.', '_');
const titleOf = (subject) => subject.split('.').slice(1).join('.');

function messageOf({ subject, doc, data, examples }) {
  const { data: _, ...envelope } = schemaOf(CloudEvent).properties;
  return {
    name: subject,
    title: titleOf(subject),
    summary: doc,
    contentType: 'application/cloudevents+json',
    payload: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'orgid', 'sequence', 'data'],
      properties: { ...envelope, type: { const: subject }, data: schemaOf(data) },
    },
    examples: examples.map((example) => ({ payload: envelopeOf(subject, example) })),
  };
}

const envelopeOf = (subject, data) => ({
  specversion: '1.0',
  id: '01a20206-2158-7055-8ab5-b0f2d2d93ffe',
  source: `parley/${subject.split('.')[1]}`,
  type: subject,
  subject: 'aggregate-1',
  time: '2030-01-31T10:00:00.000Z',
  datacontenttype: 'application/json',
  orgid: 'org-1',
  sequence: 1,
  data,
});

/** docs/asyncapi.json: AsyncAPI 3.0 of the events, for code generators and catalogues. */
export function asyncApiDocument() {
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley events',
      version,
      description: 'What the services of Parley tell, each on the JetStream stream of the service that owns it. Guarantees and how to subscribe: events.md.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      events.map((contract) => [
        nameOf(contract.subject),
        {
          address: contract.subject,
          description: `Stream ${streamOf(contract.owner)}.`,
          messages: { [nameOf(contract.subject)]: { $ref: `#/components/messages/${nameOf(contract.subject)}` } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      events.map(({ subject, owner, doc }) => [
        `send_${nameOf(subject)}`,
        { action: 'send', summary: `${owner}-service tells it. ${doc}`, channel: { $ref: `#/channels/${nameOf(subject)}` } },
      ]),
    ),
    components: { messages: Object.fromEntries(events.map((contract) => [nameOf(contract.subject), messageOf(contract)])) },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
