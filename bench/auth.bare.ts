import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { fastify, type FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import pg from 'pg';

/**
 * The limit: the least that an authorization server of one client can do. A token is one signature and one INSERT, an introspection one
 * verification and one SELECT, a GET nothing at all. Prints its address and runs until it is ended.
 */
const { DATABASE_URL = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
await pool.query('create schema if not exists bench; create table if not exists bench.ledger (id_hash text primary key, payload jsonb not null, expires_at timestamptz not null)');
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const { x } = await exportJWK(publicKey);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const right = digest(`${CLIENT_ID}:${CLIENT_SECRET}`);

function authenticate({ headers }: FastifyRequest): void {
  const given = Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
  if (!timingSafeEqual(digest(given), right)) throw new Error('not the client');
}

const server = fastify();
server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, new URLSearchParams(String(body))));
server.post('/token', async (request) => {
  authenticate(request);
  const jti = randomUUID();
  const claims = { sub: CLIENT_ID, client_id: CLIENT_ID, org_id: CLIENT_ID, scope: 'coviu-enterprise-api', jti };
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(x) }).setIssuer('bench').setAudience('bench').setIssuedAt().setExpirationTime('1h').sign(privateKey);
  await pool.query({ name: 'insert', text: `insert into bench.ledger values ($1, $2, now() + interval '1 hour')`, values: [digest(jti).toString('base64url'), claims] });
  return { access_token: token, expires_in: 3600, token_type: 'Bearer', scope: 'coviu-enterprise-api' };
});
server.post('/introspect', async (request) => {
  authenticate(request);
  const token = (request.body as URLSearchParams).get('token') ?? '';
  const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'], typ: 'at+jwt', issuer: 'bench', audience: 'bench' });
  const { rowCount } = await pool.query({ name: 'find', text: 'select from bench.ledger where id_hash = $1 and expires_at > now()', values: [digest(payload.jti ?? '').toString('base64url')] });
  return rowCount === 1 ? { active: true, ...payload } : { active: false };
});
server.get('/nothing', () => ({ content: { active: true, orgId: CLIENT_ID, clientId: CLIENT_ID } }));
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
