import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { AppError } from '@parley/dto';
import { headersTooLarge, requestMalformed, requestTooSlow } from './http.errors.js';
import { statusOf } from './status.js';

/** What Node could not read as a request has no address to choose a dialect by: it is told in that of `/v1`, and the connection ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  socket.end(response(failureOf(error.code)));
}

function failureOf(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLarge();
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? requestTooSlow() : requestMalformed();
}

function response(error: AppError): string {
  const status = statusOf(error);
  const body = JSON.stringify({ error: { message: error.message, code: error.code } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
