import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Form } from '../tokens/form.js';
import { bodyTooLarge, invalidRequest, notAForm } from '../tokens/tokens.errors.js';

/** Bytes of a form; ours have a few hundred. */
const LIMIT = 64 * 1024;
/** Who is still writing when we answer and close sees a reset and no answer. So it is read to the end, to here at most. */
const READ_AT_MOST = 8 * 1024 * 1024;

const FORM = /^application\/x-www-form-urlencoded *(; *charset="?utf-8"? *)?$/i;

/** The body of a request as a form. Refuses another type (415), more than a form can have (413), and what is not UTF-8 (400). */
export async function readForm(request: FastifyRequest, body: IncomingMessage): Promise<Form> {
  const bytes = await readAll(body);
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!FORM.test(type) || encoding !== 'identity') throw notAForm();
  return new Form(utf8(bytes));
}

async function readAll(body: IncomingMessage): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LIMIT) kept.push(chunk);
    if (size > READ_AT_MOST) break;
  }
  if (size > LIMIT) throw bodyTooLarge();
  return Buffer.concat(kept);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest('The body is not UTF-8');
  }
}
