import { streamOf } from '../../dist/libs/dto/src/index.js';
import { events, hints, requests } from './contracts.mjs';

const cell = (text) => text.replaceAll('|', '\\|');

/** docs/messages.md: every message between the processes, from the contracts in libs/dto. */
export function messagesPage() {
  return `<!-- Generated from libs/dto by tools/docs/generate.mjs. Do not edit. -->
# Messages

Two kinds, no third, and hints that only make something quicker. What they promise is in [architecture.md](architecture.md); their fields are in \`libs/dto/src\`.

## Requests

Core NATS, one reply. \`access\` says how the caller is known: by an access token, an entry token, or a credential in the body (none). Those called \`internal\` (service) are for the services named, and not reachable over HTTP.

| subject | access | asked by | does |
|---|---|---|---|
${requests.map(({ subject, access, scope, callers, doc }) => `| \`${subject}\` | ${access}${scope ? `, \`${scope}\`` : ''} | ${callers.join(', ')} | ${cell(doc)} |`).join('\n')}

## Hints

Core NATS, to whoever listens. They make something quicker; what they tell is learned without them, too.

| subject | tells | data |
|---|---|---|
${hints.map(({ subject, doc, data }) => `| \`${subject}\` | ${cell(doc)} | ${Object.keys(data.shape).map((key) => `\`${key}\``).join(', ')} |`).join('\n')}

## Events

JetStream, CloudEvents 1.0 in JSON, by way of the outbox of the service that owns them.

| subject | stream | tells | data |
|---|---|---|---|
${events.map(({ subject, owner, doc, data }) => `| \`${subject}\` | \`${streamOf(owner)}\` | ${cell(doc)} | ${Object.keys(data.shape).map((key) => `\`${key}\``).join(', ')} |`).join('\n')}
`;
}
