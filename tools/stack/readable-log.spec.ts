import { readableLine } from './readable-log.js';

describe('a log line at the terminal', () => {
  const time = new Date(2026, 0, 2, 13, 14, 15).getTime();

  it('shows when, how bad, who and what', () => {
    const line = JSON.stringify({ level: 40, time, msg: 'the broker is away' });

    expect(readableLine(line, 'call-service')).toEqual({ text: '13:14:15 warn  call-service: the broker is away', isWorrying: true });
  });

  it('knows levels by name, too, and keeps good news to itself', () => {
    const line = JSON.stringify({ level: 'info', time, msg: 'ready' });

    expect(readableLine(line, 'call-service').isWorrying).toBe(false);
  });

  it('shows the stack of an error', () => {
    const line = JSON.stringify({ level: 50, time, msg: 'failed', err: { message: 'boom', stack: 'Error: boom\n    at there' } });

    expect(readableLine(line, 'x').text).toBe('13:14:15 error x: failed: Error: boom\n    at there');
  });

  it('tells what a request was and what became of it, but only to whoever asks for the log', () => {
    const http = { level: 'warn', time, msg: 'request', requestId: 'r-1', orgId: 'o-1', method: 'GET', route: '/v1/orgs/:org', status: 503, ms: 12 };
    const rpc = { level: 'info', time, msg: 'request', requestId: 'r-1', subject: 'rpc.auth.get-org', code: 'ok', ms: 3 };

    expect(readableLine(JSON.stringify(http), 'api-gateway')).toEqual({ text: '13:14:15 warn  api-gateway: GET /v1/orgs/:org 503 12 ms org=o-1 id=r-1', isWorrying: false });
    expect(readableLine(JSON.stringify(rpc), 'auth-service').text).toBe('13:14:15 info  auth-service: rpc.auth.get-org ok 3 ms id=r-1');
  });

  it('passes on what is not JSON: Node’s own last words', () => {
    expect(readableLine('SyntaxError: Unexpected token', 'x')).toEqual({ text: 'x: SyntaxError: Unexpected token', isWorrying: true });
  });
});
