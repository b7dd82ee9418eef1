/**
 * Request and reply between the processes, over core NATS through Nest's transporter. A request carries its id, its deadline and
 * its caller's token; a service verifies the token, drops what nobody waits for any more, and a failure crosses whole. It never
 * retries what may have been done. Trap: an answer `unavailable` with `outcome: "unknown"` may have had its effect.
 */
export { Live } from './live.js';
export { NatsServer } from './nats-server.js';
export { Caller, Rpc } from './rpc.decorator.js';
export { RpcClient } from './rpc-client.js';
export { RpcModule } from './rpc.module.js';
export { TokenVerifiers } from './token-verifiers.js';
