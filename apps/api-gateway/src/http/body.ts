import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { bodyTooLarge } from '../errors/http.errors.js';

/** The largest body that is read: 1 MB. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A larger body is heard out up to here before it is refused: who is cut off while sending never reads why. */
const MAX_DISCARDED_BYTES = 16 * MAX_BODY_BYTES;

/** Every body is read whole, whatever its type; what it means, and whether its type will do, the route decides that wants one. */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => {
    readBody(payload).then((body) => done(null, body), done);
  });
}

async function readBody(payload: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_DISCARDED_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  return Buffer.concat(chunks);
}
