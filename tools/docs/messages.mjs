import { streamOf, whispers, wishes } from '../../dist/libs/dto/src/index.js';
import { events, hints, requests } from './contracts.mjs';

const cell = (text) => text.replaceAll('|', '\\|');

const hintRow = ({ subject, owner, doc, data }) =>
  `| \`${subject}\` | ${owner} | every service | ${cell(doc)} | ${Object.keys(data.shape).map((key) => `\`${key}\``).join(', ')} |`;

const whisperRow = ({ subjectOf, from, to, doc, payload }) => `| \`${subjectOf('<owner>')}\` | ${from} | ${to} | ${cell(doc)} | ${payload} |`;

/** docs/messages.md: every message between the processes, from the contracts in libs/dto. */
export function messagesPage() {
  return `<!-- Generated from libs/dto by tools/docs/generate.mjs. Do not edit. -->
# Messages

Two kinds, no third; beside them hints that only make something quicker, and wishes for streams to send events on. What they promise is in [architecture.md](architecture.md); their fields are in \`libs/dto/src\`.

## Requests

Core NATS, one reply. \`access\` says how the caller is known: by an access token, an entry token, or a credential in the body (none). Those called \`internal\` (service) are for the services named, and not reachable over HTTP.

| subject | access | asked by | does |
|---|---|---|---|
${requests.map(({ subject, access, scope, callers, doc }) => `| \`${subject}\` | ${access}${scope ? `, \`${scope}\`` : ''} | ${callers.join(', ')} | ${cell(doc)} |`).join('\n')}

## Hints

Core NATS, to whoever listens. They make something quicker; what they tell is learned without them, too. Those of \`<owner>\` are a service's each, and for
the event buses alone: no other connection may say or hear them.

| subject | told by | heard by | tells | data |
|---|---|---|---|---|
${[...hints.map(hintRow), ...whispers.map(whisperRow)].join('\n')}

## Wishes

Core NATS, one reply, to the stream maker: the one who may make streams and durables. Each may wish for its own, and says nothing of what it is to be like.

| subject | asked by | wishes | acts |
|---|---|---|---|
${wishes.map(({ subjectOf, from, doc, acts }) => `| \`${subjectOf('<owner>', '<durable>')}\` | ${from} | ${cell(doc)} | ${acts.map((act) => `\`${act}\``).join(', ')} |`).join('\n')}

## Events

JetStream, CloudEvents 1.0 in JSON, by way of the outbox of the service that owns them.

| subject | stream | tells | data |
|---|---|---|---|
${events.map(({ subject, owner, doc, data }) => `| \`${subject}\` | \`${streamOf(owner)}\` | ${cell(doc)} | ${Object.keys(data.shape).map((key) => `\`${key}\``).join(', ')} |`).join('\n')}

## What NATS says for itself

Replies to requests, on the asker's \`_INBOX_<name>.>\`; JetStream's \`$JS.API.>\` and \`$JS.ACK.>\`, to each for its own stream and durables, to make them to the stream maker. Nobody may say or hear
anything else: what a connection may is made from the same contracts (\`tools/stack/nats-identities.ts\`).
`;
}
