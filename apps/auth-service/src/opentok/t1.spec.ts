import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { opentokSdk } from '@parley/testing';
import { encodeT1, isSignedWith, readT1 } from './t1.js';

const require = createRequire(import.meta.url);
const encodeByPackage = require('opentok-token') as (fields: object, key: string, secret: string) => string;
const { decodeToken, verifyTokenSignature } = require('opentok-token/helpers.js') as {
  decodeToken: (token: string) => Record<string, string>;
  verifyTokenSignature: (token: string, secret: string) => boolean;
};

/** opentok.md, Vector. */
const clientId = '123456';
const secret = 'abcdef1234567890abcdef1234567890abcdef12';
const fields = {
  session_id: '2_MX4xMjM0NTZ-MS4yLjMuNH4xNzk1MzAwMDAwMDAwfjAuODgwMjExODU4MzY3MTE5fg',
  create_time: 1795300000,
  nonce: '0.5',
  role: 'moderator' as const,
  expire_time: 1795386400,
  connection_data: '{"n":1}',
  initial_layout_class_list: '',
};
const genuine = encodeT1({ clientId, secret }, fields);
const textOf = (token: string): string => Buffer.from(token.slice(4), 'base64').toString();
const tokenOf = (text: string): string => `T1==${Buffer.from(text).toString('base64')}`;
const sign = (data: string, key = secret): string => createHmac('sha1', key).update(data).digest('hex');
const signed = (data: string): string => tokenOf(`partner_id=${clientId}&sig=${sign(data)}:${data}`);
const accepted = (token: string, secrets = [secret]): boolean => {
  const t1 = readT1(token);
  return t1?.partnerId === clientId && isSignedWith(t1, secrets);
};

describe('A T1', () => {
  it('has the signature of the vector, and its fields in order', () => {
    expect(textOf(genuine)).toBe(
      `partner_id=123456&sig=1e90dfb956d7aa9c420168a5a75cada9605c7972:session_id=${fields.session_id}&create_time=1795300000&nonce=0.5&role=moderator&expire_time=1795386400&connection_data=%7B%22n%22%3A1%7D&initial_layout_class_list=&scope=session.connect`,
    );
  });

  it.each(['', '{"n":1}', 'a:b&c=d%', 'ключ 🔑', "!'()*~+ \n"])('is read by opentok-token: data %j', (data) => {
    const { connection_data: _, ...rest } = fields;
    const token = encodeT1({ clientId, secret }, data ? { ...fields, connection_data: data } : rest);
    expect(verifyTokenSignature(token, secret)).toBe(true);
    expect(decodeToken(token)).toMatchObject({ partner_id: clientId, session_id: fields.session_id, role: 'moderator', nonce: '0.5', expire_time: '1795386400', ...(data ? { connection_data: data } : {}) });
    expect(readT1(token)?.fields['connection_data']).toBe(data || undefined);
  });

  it('of opentok-token and of the SDK is read here', async () => {
    const byPackage = encodeByPackage({ session_id: fields.session_id, connection_data: 'a b&c:d=é' }, clientId, secret);
    expect(accepted(byPackage)).toBe(true);
    expect(readT1(byPackage)?.fields).toMatchObject({ session_id: fields.session_id, role: 'publisher', connection_data: 'a b&c:d=é' });
    const { ok: bySdk = '' } = await opentokSdk({ apiKey: clientId, apiSecret: secret }, 'generateToken', fields.session_id, { role: 'subscriber', data: 'x y' }, true);
    expect(accepted(bySdk)).toBe(true);
    expect(readT1(bySdk)?.fields).toMatchObject({ role: 'subscriber', connection_data: 'x y', scope: 'session.connect' });
  });
});

const [, data = ''] = /:(.*)$/.exec(textOf(genuine)) ?? [];
const sig = sign(data);

describe('The verifier of T1 tokens', () => {
  it('accepts the token that the attacks begin with, under any secret that is valid', () => {
    expect([accepted(genuine), accepted(genuine, ['other', secret]), accepted(signed(data))]).toEqual([true, true, true]);
  });

  it.each([
    ['another secret', genuine, ['other']],
    ['no secret', genuine, []],
    ['the secret in capitals', genuine, [secret.toUpperCase()]],
  ])('refuses it under %s', (_, token, secrets) => {
    expect(accepted(token, secrets)).toBe(false);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['the sentinel', 'T1=='],
    ['another sentinel', genuine.replace('T1==', 'T2==')],
    ['the sentinel in small letters', genuine.replace('T1==', 't1==')],
    ['a blank before it', ` ${genuine}`],
    ['a line break behind it', `${genuine}\n`],
    ['its base64 without padding', `T1==${Buffer.from(`${textOf(genuine)}&`).toString('base64').replace(/=+$/, '')}`],
    ['base64url', `T1==${Buffer.from(textOf(genuine)).toString('base64url')}-`],
    ['a blank inside', `${genuine.slice(0, 40)} ${genuine.slice(40)}`],
    ['a signature in capitals', tokenOf(`partner_id=${clientId}&sig=${sig.toUpperCase()}:${data}`)],
    ['no signature', tokenOf(`partner_id=${clientId}&sig=:${data}`)],
    ['a shorter signature', tokenOf(`partner_id=${clientId}&sig=${sig.slice(2)}:${data}`)],
    ['a signature of zeros', tokenOf(`partner_id=${clientId}&sig=${'0'.repeat(40)}:${data}`)],
    ['two signatures', tokenOf(`partner_id=${clientId}&sig=${'0'.repeat(40)}&sig=${sig}:${data}`)],
    ['another client', tokenOf(`partner_id=654321&sig=${sig}:${data}`)],
    ['no client', tokenOf(`sig=${sig}:${data}`)],
    ['client and signature in the other order', tokenOf(`sig=${sig}&partner_id=${clientId}:${data}`)],
    ['another role', tokenOf(`partner_id=${clientId}&sig=${sig}:${data.replace('moderator', 'publisher')}`)],
    ['a later end', tokenOf(`partner_id=${clientId}&sig=${sig}:${data.replace('1795386400', '1995386400')}`)],
    ['one more field', tokenOf(`partner_id=${clientId}&sig=${sig}:${data}&role=moderator`)],
    ['an HMAC-SHA256 for its signature', tokenOf(`partner_id=${clientId}&sig=${createHmac('sha256', secret).update(data).digest('hex').slice(0, 40)}:${data}`)],
    ['its data signed as the key', tokenOf(`partner_id=${clientId}&sig=${sign(secret, data)}:${data}`)],
    ['a signature without a key', tokenOf(`partner_id=${clientId}&sig=${sign(data, '')}:${data}`)],
    ['a field twice, rightly signed', signed(`${data}&role=publisher`)],
    ['no fields, rightly signed', signed('')],
    ['a blank in its fields, rightly signed', signed(`${data}&x=a b`)],
    ['a letter beyond ASCII, rightly signed', signed(`${data}&x=é`)],
    ['JSON', JSON.stringify({ token: genuine })],
    ['a million characters', `T1==${'A'.repeat(1_000_000)}`],
  ])('refuses %s', (_, token) => {
    expect(accepted(token)).toBe(false);
  });

  it('refuses a changed character anywhere', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const changed = [...genuine.slice(4)].map((letter, at) => {
      const other = alphabet[(alphabet.indexOf(letter) + 1) % 64] ?? 'A';
      return `${genuine.slice(0, 4 + at)}${other}${genuine.slice(5 + at)}`;
    });
    expect(changed.filter((token) => accepted(token))).toEqual([]);
  });
});
