import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { jest } from '@jest/globals';
import { Sealer, uuidv7 } from '@parley/persistence';
import { newClientSecret } from '../clients/client.entity.js';
import { ClientsRepository } from '../clients/clients.repository.js';
import { type AuthSystem, startAuth, type TestClient } from '../auth-system.fixture.e2e.js';
import { LinksService } from './links.service.js';

let auth: AuthSystem;
let client: TestClient;
let other: TestClient;

beforeAll(async () => {
  auth = await startAuth();
  [client, other] = [await auth.newClient(), await auth.newClient()];
});
afterAll(() => auth.stop());

type Json = Record<string, unknown>;
const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const hs = (signed: string, secret: string, hash = 'sha256'): string => createHmac(hash, secret).update(signed).digest('base64url');

const ownerClaims = (): Json => ({ iss: client.clientId, un: 'Dr Grey', ref: 'dr-grey', sid: 'room-1', rle: 'owner', email: 'grey@clinic.test' });
const link = (claims: unknown = ownerClaims(), { header = { alg: 'HS256', typ: 'JWT' }, secret = client.secret, hash = 'sha256' }: { header?: unknown; secret?: string; hash?: string } = {}): string => {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${hs(signed, secret, hash)}`;
};
const verify = (text: string) => auth.get(LinksService).verify(text);
const forgetClients = () => new Promise((resolve) => setTimeout(resolve, 550));

describe('a session link', () => {
  it('of a client tells whose it is and what it says', async () => {
    expect(await verify(link())).toEqual({ orgId: client.orgId, clientId: client.clientId, active: true, secret: 'newest', claims: ownerClaims() });
  });

  it('is not judged by its claims here', async () => {
    expect(await verify(link({ iss: client.clientId, exp: 1, rle: 42 }))).toMatchObject({ claims: { exp: 1, rle: 42 } });
  });

  it('of 8 KiB is verified', async () => {
    const long = { ...ownerClaims(), rtn: `https://clinic.test/${'x'.repeat(5_900)}` };

    expect(link(long).length).toBeGreaterThan(7_900);
    expect(await verify(link(long))).toMatchObject({ claims: long });
  });

  it('signed with an older secret that is still valid is good', async () => {
    const [id, second] = [uuidv7(), newClientSecret()];
    const sealed = auth.get(Sealer).seal(second, { table: 'client_secret', row: id, org: other.orgId });
    await auth.sql('insert into client_secret (id, client_id, sealed) values ($1, $2, $3)', [id, other.clientId, sealed]);
    await forgetClients();

    expect(await verify(link({ iss: other.clientId }, { secret: second }))).toMatchObject({ clientId: other.clientId, secret: 'newest' });
    expect(await verify(link({ iss: other.clientId }, { secret: other.secret }))).toMatchObject({ clientId: other.clientId, secret: 'older' });
  });

  it('of a disabled client or org is verified and says so, within a second', async () => {
    const disabled = await auth.newClient();
    const text = link({ iss: disabled.clientId }, { secret: disabled.secret });
    expect(await verify(text)).toMatchObject({ active: true });

    await auth.sql('update org set active = false where id = $1', [disabled.orgId]);
    await forgetClients();

    expect(await verify(text)).toMatchObject({ active: false });
  });

  it('costs one look at the database, however many of a client are verified at once', async () => {
    const fresh = await auth.newClient();
    const looks = jest.spyOn(auth.get(ClientsRepository), 'findWithSecrets');

    const began = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => verify(link({ iss: fresh.clientId }, { secret: fresh.secret }))));

    const times = looks.mock.calls.filter(([, clientId]) => clientId === fresh.clientId).length;
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(1 + Math.floor((performance.now() - began) / 500)); // a client is remembered for half a second
  });
});

const es256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rs256 = (): string => {
  const signed = `${encode({ alg: 'RS256' })}.${encode(ownerClaims())}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), createPrivateKey(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }))).toString('base64url')}`;
};
const parts = (): [string, string, string] => link().split('.') as [string, string, string];
const withHeader = (header: unknown) => () => link(ownerClaims(), { header });

/** The same 32 bytes, spelled with other unused bits in the last character. */
const respelled = (): string => {
  const [header, payload, signature] = parts();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(signature.at(-1) ?? '');
  return `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last ^ 1]}`;
};

describe('a forged or broken link', () => {
  it.each<[string, () => string]>([
    ['nothing', () => ''],
    ['no token', () => 'hello'],
    ['two parts', () => parts().slice(0, 2).join('.')],
    ['four parts', () => `${link()}.x`],
    ['five parts (JWE)', () => `${link()}.x.y`],
    ['no signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(ownerClaims())}.`],
    ['alg none, signed all the same', withHeader({ alg: 'none' })],
    ['alg None', () => `${encode({ alg: 'None' })}.${encode(ownerClaims())}.`],
    ['alg NONE', () => `${encode({ alg: 'NONE' })}.${encode(ownerClaims())}.`],
    ['alg nOnE', () => `${encode({ alg: 'nOnE' })}.${encode(ownerClaims())}.`],
    ['alg hs256', withHeader({ alg: 'hs256' })],
    ['alg HS256 with a blank', withHeader({ alg: 'HS256 ' })],
    ['alg a list', withHeader({ alg: ['HS256'] })],
    ['no alg', withHeader({ typ: 'JWT' })],
    ['alg HS512', () => link(ownerClaims(), { header: { alg: 'HS512' }, hash: 'sha512' })],
    ['alg HS384', () => link(ownerClaims(), { header: { alg: 'HS384' }, hash: 'sha384' })],
    ['HS512 that calls itself HS256', () => link(ownerClaims(), { hash: 'sha512' })],
    ['alg RS256', rs256],
    ['the public RSA key for a secret', () => link(ownerClaims(), { secret: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString() })],
    ['the public EC key for a secret', () => link(ownerClaims(), { secret: JSON.stringify(es256.publicKey.export({ format: 'jwk' })) })],
    ['a key of its own', withHeader({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } })],
    ['a key from elsewhere', withHeader({ alg: 'HS256', jku: 'https://evil.test/jwks' })],
    ['an unknown extension', withHeader({ alg: 'HS256', crit: ['x'], x: 1 })],
    ['an unencoded payload', withHeader({ alg: 'HS256', b64: false, crit: ['b64'] })],
    ['another secret', () => link(ownerClaims(), { secret: newClientSecret() })],
    ['no secret', () => link(ownerClaims(), { secret: '' })],
    ['the secret of another client', () => link(ownerClaims(), { secret: other.secret })],
    ['the name of another client', () => link({ ...ownerClaims(), iss: other.clientId })],
    ['an unknown iss', () => link({ ...ownerClaims(), iss: 'c0ffee00-0000-4000-8000-000000000000' })],
    ['no iss', () => link({ ...ownerClaims(), iss: undefined })],
    ['an iss that is no text', () => link({ ...ownerClaims(), iss: [client.clientId] })],
    ['an iss with a NUL', () => link({ ...ownerClaims(), iss: `${client.clientId}\u0000` })],
    ['an iss of 6,000 characters', () => link({ ...ownerClaims(), iss: 'x'.repeat(6_000) })],
    ['a changed payload', () => `${parts()[0]}.${encode({ ...ownerClaims(), sid: 'room-2' })}.${parts()[2]}`],
    ['a changed header', () => `${encode({ alg: 'HS256' })}.${parts()[1]}.${parts()[2]}`],
    ['a shortened signature', () => link().slice(0, -1)],
    ['a lengthened signature', () => `${link()}A`],
    ['a signature spelled differently', respelled],
    ['padding', () => `${link()}=`],
    ['blanks', () => ` ${link()}`],
    ['a payload that is no JSON', () => link('hello')],
    ['a payload that is a list', () => link([ownerClaims()])],
    ['a payload that is null', () => link('null')],
    ['a payload that is a text', () => link('"x"')],
    ['a header that is no JSON', withHeader('x')],
    ['a header that is null', withHeader('null')],
    ['a header that is a list', withHeader([{ alg: 'HS256' }])],
  ])('is refused like any other: %s', async (_what, text) => {
    expect(await verify(text())).toBeNull();
  });

  it('is refused when its payload is not UTF-8', async () => {
    const [header] = parts();
    const payload = Buffer.concat([Buffer.from(`{"iss":"${client.clientId}","un":"`), Buffer.from([0xff]), Buffer.from('"}')]).toString('base64url');

    expect(await verify(`${header}.${payload}.${hs(`${header}.${payload}`, client.secret)}`)).toBeNull();
  });

  it('leaves no trace of itself in the log', async () => {
    await verify(link({ ...ownerClaims(), sid: 'room-7' }));
    await verify(link(ownerClaims(), { secret: other.secret }));

    expect(auth.logs.join('\n')).not.toContain(parts()[1]);
  });
});
