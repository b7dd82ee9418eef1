import type { FastifyInstance } from 'fastify';
import { requestMalformed } from '../errors/http.errors.js';

/** Where Node's server would answer by itself, with nothing in the answer, or would wait for others. */
export function tameNodeServer(server: FastifyInstance): void {
  refuseWithoutHost(server);
  serveAnyExpectation(server);
  endConnectionsOnClose(server);
}

/** RFC 9112, 3.2. Only HTTP/1.0 knows no Host; what is older still is not HTTP any more. */
function refuseWithoutHost(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    done(raw.httpVersion === '1.0' || headers.host !== undefined ? undefined : requestMalformed());
  });
}

/** An expectation that we do not know is no reason to refuse (RFC 9110, 10.1.1). */
function serveAnyExpectation({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** From the moment of closing on, each answer ends its connection: nobody's keep-alive holds up the stop. */
function endConnectionsOnClose(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}
