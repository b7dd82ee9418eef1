import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkout } from '../../../tools/stack/checkout.js';

export interface SdkClient {
  apiKey: string;
  apiSecret: string;
  /** Where it thinks that OpenTok is. */
  url?: string;
}

/** What the SDK answered, or the failure that it told of. */
export interface SdkAnswer {
  ok?: string;
  error?: { name: string; message: string };
}

const program = `
const OpenTok = require('opentok');
const { apiKey, apiSecret, url, method, args } = JSON.parse(process.argv[1]);
const client = new OpenTok(apiKey, apiSecret, url);
const print = (answer) => process.stdout.write(JSON.stringify(answer));
if (method === 'generateToken') print({ ok: client.generateToken(...args) });
else client.createSession(...args, (error, session) => print(error ? { error: { name: error.constructor.name, message: error.message } } : { ok: session.sessionId }));
`;

/** The published server SDK of OpenTok, in a process of its own: it is made of modules that jest can't load. */
export async function opentokSdk(client: SdkClient, method: 'createSession' | 'generateToken', ...args: unknown[]): Promise<SdkAnswer> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, JSON.stringify({ ...client, method, args })], { cwd: checkout });
  return JSON.parse(stdout) as SdkAnswer;
}
