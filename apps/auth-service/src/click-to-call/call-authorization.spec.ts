import { Form } from '../tokens/form.js';
import { admit, type CallApplication, parametersOf, readAuthorization } from './call-authorization.js';
import { withCode, withDenial, withToken, withTokenInQuery } from './call-redirect.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const whole = { client_id: 'app', response_type: 'code', redirect_uri: 'https://app.test/back', scope: 'call' };
const application: CallApplication = { active: true, clickToCall: 'implicit', redirectUris: ['https://app.test/back'], scopes: ['call'] };

const read = (fields: Record<string, string>) => readAuthorization(new Form(new URLSearchParams({ ...whole, ...fields }).toString()));
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    const { kind, code } = error as { kind: string; code: string };
    return `${kind} ${code}`;
  }
};

describe('what an application asks (P1.2)', () => {
  it.each(['client_id', 'response_type', 'redirect_uri', 'scope'])('is refused without %s', (name) => {
    expect(codeOf(() => read({ [name]: '' }))).toBe('invalid invalid_request');
  });

  it.each(['CODE', 'code token', 'id_token', 'none'])('is refused with the response type %s', (response_type) => {
    expect(codeOf(() => read({ response_type }))).toBe('invalid unsupported_response_type');
  });

  it('may hold anything else', () => {
    expect(parametersOf(read({ nonce: 'x', constructor: 'y', state: 'a b&c' }))).toEqual({ ...whole, state: 'a b&c' });
  });

  it('is refused with a field twice', () => {
    expect(codeOf(() => readAuthorization(new Form(`${new URLSearchParams(whole).toString()}&scope=admin`)))).toBe('invalid invalid_request');
  });

  it('keeps an S256 challenge, and no other', () => {
    const fields = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    expect(parametersOf(read(fields))).toEqual({ ...whole, ...fields });
    for (const wrong of [{ code_challenge: CHALLENGE }, { ...fields, code_challenge_method: 'plain' }, { ...fields, code_challenge: 'short' }]) {
      expect(codeOf(() => read(wrong))).toBe('invalid invalid_request');
    }
    expect(parametersOf(read({ ...fields, response_type: 'token' }))).toEqual({ ...whole, response_type: 'token' });
  });
});

describe('who may ask it (P1.3)', () => {
  it.each<[string, CallApplication | undefined]>([
    ['an unknown application', undefined],
    ['a disabled one', { ...application, active: false }],
    ['one that is not for this flow', { ...application, clickToCall: 'off' }],
  ])('%s is refused', (_what, asking) => {
    expect(codeOf(() => admit(asking, read({})))).toBe('forbidden unauthorized_client');
  });

  it.each([
    'https://app.test/back/',
    'https://app.test/Back',
    'https://app.test/back?',
    'https://app.test/back?x=1',
    'https://app.test/back#x',
    'https://app.test:443/back',
    'https://APP.test/back',
    'https://app.test/./back',
    'https://app.test/%62ack',
    'http://app.test/back',
    'https://app.test@evil.test/back',
    'https://app.test.evil.test/back',
    'https://evil.test/https://app.test/back',
    ' https://app.test/back',
    'javascript:alert(1)',
    '//app.test/back',
  ])('nobody is sent to %s', (redirect_uri) => {
    expect(codeOf(() => admit(application, read({ redirect_uri })))).toBe('forbidden invalid_redirect_uri');
  });

  it('a token without a code is for those whose switch is implicit', () => {
    expect(codeOf(() => admit(application, read({ response_type: 'token' })))).toBe('none');
    expect(codeOf(() => admit({ ...application, clickToCall: 'code' }, read({ response_type: 'token' })))).toBe('forbidden unauthorized_client');
  });

  it.each(['admin', 'call admin', 'Call', ' ', 'call,call'])('the scope %j is refused', (scope) => {
    expect(codeOf(() => admit(application, read({ scope })))).toBe('invalid invalid_scope');
  });
});

describe('the way back (P1.6)', () => {
  const to = { redirectUri: 'https://app.test/back', state: 'a b&c=d#e' };

  it.each([
    ['with a code', withCode(to, 'C'), 'https://app.test/back?code=C&state=a%20b%26c%3Dd%23e'],
    ['with a code, without state', withCode({ redirectUri: 'https://app.test/back?x=1' }, 'C'), 'https://app.test/back?x=1&code=C'],
    ['with a token', withToken({ redirectUri: 'https://app.test/back' }, 'T'), 'https://app.test/back#access_token=T&token_type=Bearer&expires_in=3600'],
    [
      'with a token in the query too',
      withTokenInQuery({ redirectUri: 'https://app.test/back' }, 'T'),
      'https://app.test/back?access_token=T&expires_in=3600&token_type=Bearer#access_token=T&token_type=Bearer&expires_in=3600',
    ],
    ['with a no', withDenial({ redirectUri: 'https://app.test/back', responseType: 'code' }), 'https://app.test/back?error=access_denied'],
    ['with a no in the fragment', withDenial({ ...to, responseType: 'token' }), 'https://app.test/back#error=access_denied&state=a%20b%26c%3Dd%23e'],
    ['to an address that no header can hold', withCode({ redirectUri: 'https://bücher.test/zurück' }, 'C'), 'https://xn--bcher-kva.test/zur%C3%BCck?code=C'],
  ])('%s', (_what, address, expected) => expect(address).toBe(expected));
});
