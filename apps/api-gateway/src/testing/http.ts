import { connect } from 'node:net';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The text, read as JSON. */
  body: Json;
}

export interface Json {
  content: Record<string, unknown>;
  _links: Record<string, { href: string }>;
  error: { message: string; code: string } & Record<string, unknown>;
}

export async function send(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...options });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, text, body: (isJson && text ? JSON.parse(text) : {}) as Json };
}

/** Bytes as they are, for what no HTTP client would send; answers with all that comes back until the connection ends. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject).on('close', () => resolve(received));
  });
}

/** A token that says of itself that it is an entry's. The gateway looks at no more. */
export function unverifiedEntryToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'entry+jwt', kid: 'k' })}.${part(claims)}.signature`;
}
