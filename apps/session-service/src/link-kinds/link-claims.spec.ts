import type { AppError } from '@parley/dto';
import { readClaims } from './link-claims.js';

const guest = { iss: 'key-1', un: 'Ann', ref: 'dr-grey', sid: 'room-1', rle: 'guest' };
const owner = { ...guest, rle: 'owner', email: 'grey@example.org' };

const faultsOf = (claims: object): unknown => {
  try {
    readClaims(claims);
    return [];
  } catch (error) {
    return [(error as AppError).code, (error as AppError).details?.['claims']];
  }
};

test.each([guest, owner, { ...owner, sub: 'u1', img: 'https://x.example/a.png', rtn: 'http://x.example/?a=b', nbf: 1, exp: 2, iat: 0 }])(
  'a complete link is read: %o',
  (claims) => {
    expect(readClaims(claims)).toEqual(claims);
  },
);

test.each(['iss', 'un', 'ref', 'sid', 'email'])('an owner’s link without %s is refused', (claim) => {
  expect(faultsOf({ ...owner, [claim]: undefined })).toEqual(['link.claims', [claim]]);
});

test.each(['iss', 'un', 'ref', 'sid'])('a guest’s link without %s is refused', (claim) => {
  expect(faultsOf({ ...guest, [claim]: undefined })).toEqual(['link.claims', [claim]]);
});

test.each(['iss', 'un', 'ref', 'sid', 'email', 'sub'])('%s has at most 256 characters', (claim) => {
  expect(faultsOf({ ...owner, [claim]: 'x'.repeat(256) })).toEqual([]);
  expect(faultsOf({ ...owner, [claim]: 'x'.repeat(257) })).toEqual(['link.claims', [claim]]);
});

test.each(['img', 'rtn'])('%s has at most 2048 characters', (claim) => {
  expect(faultsOf({ ...guest, [claim]: `https://x.example/${'x'.repeat(2030)}` })).toEqual([]);
  expect(faultsOf({ ...guest, [claim]: `https://x.example/${'x'.repeat(2031)}` })).toEqual(['link.claims', [claim]]);
});

test.each([
  ['un', 'a\u0000b'],
  ['sid', 'a\nb'],
  ['ref', 'a\u007f'],
  ['un', ''],
  ['un', 7],
  ['sid', ['room-1']],
  ['ref', null],
  ['sub', 42],
  ['img', 'javascript:alert(1)'],
  ['rtn', 'data:text/html,x'],
  ['rtn', '//evil.example'],
  ['rtn', 'https:evil.example'],
  ['rtn', 'https://x.example/\u0009'],
  ['rtn', 'https://'],
  ['rle', 'Owner'],
  ['rle', 'host'],
  ['rle', undefined],
  ['exp', '1790000000'],
  ['exp', null],
  ['exp', 1e18],
  ['nbf', true],
  ['iat', NaN],
])('%s = %p is refused', (claim, value) => {
  expect(faultsOf({ ...guest, [claim]: value })).toEqual(['link.claims', [claim]]);
});

test.each(['email', 'sub', 'img', 'rtn'])('an empty optional %s is as good as none', (claim) => {
  expect(faultsOf({ ...guest, [claim]: '' })).toEqual([]);
  expect(faultsOf({ ...guest, [claim]: null })).toEqual([]);
});

test('every faulty claim is named, and what is wrong with it is not repeated', () => {
  expect(faultsOf({ ...guest, un: undefined, sid: 'secret'.repeat(100) })).toEqual(['link.claims', ['un', 'sid']]);
});

test('unknown claims are ignored', () => {
  expect(readClaims({ ...guest, jti: 'x', aud: ['y'] })).toEqual(guest);
});
