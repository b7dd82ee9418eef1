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

  it('passes on what is not JSON: Node’s own last words', () => {
    expect(readableLine('SyntaxError: Unexpected token', 'x')).toEqual({ text: 'x: SyntaxError: Unexpected token', isWorrying: true });
  });
});
