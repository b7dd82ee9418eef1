import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What was typed is not a command. */
export class UsageError extends Error {}

/** What stands on a command line: `values` of its options, `positionals`. */
export function parse(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

export function whole(text, option) {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${option} is a whole number, not ${text}`);
  return Number(text);
}

const limit = (values, option) => (values[option] === undefined ? undefined : values[option] === 'none' ? null : whole(values[option], option));

export function limits(values) {
  const [callsPerUser, ongoingCalls] = [limit(values, 'calls-per-user'), limit(values, 'ongoing-calls')];
  return callsPerUser === undefined && ongoingCalls === undefined ? undefined : { callsPerUser, ongoingCalls };
}

export function active({ enable, disable }) {
  if (enable && disable) throw new UsageError('--enable or --disable, not both');
  return enable ? true : disable ? false : undefined;
}

function yesOrNo(text, option) {
  if (text === undefined) return undefined;
  if (text !== 'yes' && text !== 'no') throw new UsageError(`--${option} is yes or no, not ${text}`);
  return text === 'yes';
}

export const clientFields = (values) => ({
  redirectUris: values['redirect-uri'],
  clickToCall: values['click-to-call'],
  queryToken: yesOrNo(values['query-token'], 'query-token'),
  scopes: values.scope,
  jwks: jwksOf(values),
});

/** The public keys of a client: a JSON Web Key Set in a file (`-`: standard input). What it must hold is told by whoever takes it. */
function jwksOf({ jwks: file }) {
  if (file === undefined) return undefined;
  const keys = parsed(textOf(file));
  if (keys === undefined) throw new UsageError(`--jwks names a file with a JSON Web Key Set, and ${file} holds no JSON`);
  return keys;
}

function textOf(file) {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch ({ code }) {
    throw new UsageError(`--jwks names a file, and ${file} can’t be read (${code})`);
  }
}

export function passwordOf(values) {
  if (!values['password-stdin']) return values.password;
  return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
}

/** Of a whole access token only its id is sent. */
export function jtiOf(text) {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return text;
  const { jti } = parsed(Buffer.from(text.split('.')[1], 'base64url').toString()) ?? {};
  if (typeof jti !== 'string') throw new UsageError('This is no access token.');
  return jti;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function ringOf(ring) {
  if (!['access', 'entry'].includes(ring)) throw new UsageError(`The keys are those of access or entry tokens, not ${ring}`);
  return ring;
}

/** A moment as people write it, or in epoch seconds. */
function moment(text, option) {
  const at = /^\d+$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000);
  if (!Number.isFinite(at)) throw new UsageError(`--${option} is a moment like 2026-11-01T09:00:00Z or epoch seconds, not ${text}`);
  return at;
}

export function callFilter(values) {
  const given = ['org', 'username', 'client', 'number', 'status', 'state'].filter((name) => values[name] !== undefined).map((name) => [name, values[name]]);
  const times = ['from', 'to'].filter((name) => values[name] !== undefined).map((name) => [name, moment(values[name], name)]);
  return Object.fromEntries([...given, ...times]);
}
