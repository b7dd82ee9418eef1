import type { FastifyInstance } from 'fastify';

/** From the moment of closing on, each answer ends its connection: nobody's keep-alive holds up the stop. */
export function endConnectionsOnClose(server: FastifyInstance): void {
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

/** An expectation that we do not know is no reason to refuse (RFC 9110, 10.1.1); Node would, with an empty answer. */
export function serveAnyExpectation({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
