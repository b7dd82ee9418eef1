import { Writable } from 'node:stream';
import { createLogger, fixedLines } from './logger.js';
import { withRequest } from './request-context.js';

function capture(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  log(createLogger({ name: 'test', level: 'info', format: 'json' }, sink));
  return JSON.parse(lines[0] ?? 'null') as Record<string, unknown>;
}

describe('A log line', () => {
  it('carries the id of the request that it belongs to', () => {
    const line = capture((logger) => withRequest({ requestId: 'req-12345', deadline: 0 }, () => logger.info('hello')));
    expect(line).toMatchObject({ level: 'info', name: 'test', msg: 'hello', requestId: 'req-12345' });
  });

  it('holds no secret, however deep it was handed in', () => {
    const canary = 'canary-secret';
    const line = capture((logger) => logger.info({ token: canary, headers: { authorization: canary }, body: { inner: { password: canary, accessToken: canary } }, link: canary }));
    expect(JSON.stringify(line)).not.toContain(canary);
  });
});

describe('A line of a fixed shape', () => {
  it('is like any other, with the id of its request, and nothing in it is looked at', () => {
    const line = capture((logger) => withRequest({ requestId: 'req-12345', deadline: 0 }, () => fixedLines(logger).info({ token: 'of no worth' }, 'request')));
    expect(line).toMatchObject({ level: 'info', name: 'test', msg: 'request', requestId: 'req-12345', token: 'of no worth' });
  });
});
