export interface LogLine {
  text: string;
  /** Whether somebody at the terminal should see it. */
  isWorrying: boolean;
}

/** What `msg: "request"` lines of the gateway and of the services hold. */
interface RequestLine {
  method?: string;
  route?: string;
  status?: number;
  subject?: string;
  code?: string;
  ms?: number;
  orgId?: string;
  requestId?: string;
}

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const worrying = ['warn', 'error', 'fatal'];

/** A service's log line for a person. What is not JSON (a crash of Node's own) is shown as it is. */
export function readableLine(line: string, name: string): LogLine {
  const record = parse(line);
  if (!record) return { text: `${name}: ${line}`, isWorrying: line.trim() !== '' };
  const level = levelOf(record);
  const isRequest = record['msg'] === 'request';
  const details = isRequest ? requestOf(record) : [record['msg'], errorOf(record)].filter(Boolean).join(': ');
  // Refused requests come by the hundred while something is down; the terminal is for what is down. `logs` shows them.
  return { text: `${timeOf(record)} ${level.padEnd(5)} ${name}: ${details}`, isWorrying: worrying.includes(level) && !isRequest };
}

/** `GET /v1/orgs/:org 200 12 ms org=... id=...`, or the subject and what became of it for a request between services. */
function requestOf(record: RequestLine): string {
  const { method, route, status, subject, code, ms, orgId, requestId } = record;
  const what = subject === undefined ? [method, route, status] : [subject, code];
  return [...what, `${ms} ms`, orgId && `org=${orgId}`, requestId && `id=${requestId}`].filter(Boolean).join(' ');
}

function levelOf({ level }: Record<string, unknown>): string {
  if (typeof level === 'number') return levels[level] ?? 'info';
  return typeof level === 'string' ? level : 'info';
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function timeOf({ time }: Record<string, unknown>): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Date.now());
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}

function errorOf({ err }: Record<string, unknown>): string {
  if (typeof err !== 'object' || err === null) return '';
  const { message, stack } = err as { message?: string; stack?: string };
  return stack ?? message ?? '';
}
