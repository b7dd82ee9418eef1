import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '../..');

/** What went wrong, in words for a person. */
export class RequestFailed extends Error {}

/**
 * The Parley that PARLEY_URL and PARLEY_ADMIN_TOKEN name; what they don't say, `demo.json` of the local stack does.
 * @param {NodeJS.ProcessEnv} env
 */
export function connect(env) {
  const demoFile = join(env.PARLEY_DATA_DIR || join(checkout, '.parley'), 'demo.json');
  const demo = existsSync(demoFile) ? JSON.parse(readFileSync(demoFile, 'utf8')) : {};
  const baseUrl = env.PARLEY_URL || demo.baseUrl;
  // The local stack's token is for the local stack only: it is not sent to wherever PARLEY_URL points.
  const token = env.PARLEY_ADMIN_TOKEN || (env.PARLEY_URL ? undefined : demo.adminToken);
  if (!baseUrl) throw new RequestFailed(`There is no Parley to talk to: ${demoFile} does not exist.\nRun \`npm start\` first, or set PARLEY_URL and PARLEY_ADMIN_TOKEN.`);
  if (!token) throw new RequestFailed('PARLEY_ADMIN_TOKEN is not set: give the operator’s token, or an access token with the scope admin.');
  return {
    /** Where a command names no org. */
    defaultOrg: env.PARLEY_URL ? undefined : demo.orgId,
    request: (method, path, body) => request({ baseUrl, token }, method, path, body),
  };
}

async function request({ baseUrl, token }, method, path, body) {
  const url = `${baseUrl.replace(/\/$/, '')}/admin/v1/${path}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(url, { method, headers, redirect: 'error', body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(10_000) }).catch((error) => {
    throw new RequestFailed(`${baseUrl} does not answer (${error.cause?.code ?? error.message}). Is Parley running there?`);
  });
  const text = await response.text();
  const answer = parse(text);
  if (response.ok && answer !== undefined) return answer;
  throw new RequestFailed(failureOf(response.status, answer ?? {}));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOf(status, { detail, code, requestId }) {
  const advice = { 401: ' (check PARLEY_ADMIN_TOKEN)', 403: ' (the token may not do this)', 503: ' (try again in a moment)' }[status] ?? '';
  return `${detail ?? `The answer was no answer of Parley’s: HTTP ${status}.`}${advice}${code ? `\n${status} ${code}, request ${requestId}` : ''}`;
}
