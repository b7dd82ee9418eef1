import { linkIn } from './pasted-link.js';

const JWT = 'aaa.bbb.ccc-_';

test.each([
  [JWT, JWT],
  [` ${JWT}\n`, JWT],
  [`https://calls.example/v1/session/${JWT}`, JWT],
  [`http://127.0.0.1:3000/v1/session/${JWT}/?x=1#y`, JWT],
  [`/v1/session/${JWT}`, JWT],
  ['https://calls.example/v1/session/aaa%2Ebbb%2Eccc', 'aaa.bbb.ccc'],
  ['https://calls.example/v1/session/%E0%A4%A', ''],
  ['https://', 'https:'],
  ['', ''],
  ['x'.repeat(8193), ''],
])('AD.6: in %j the link is %j', (pasted, link) => {
  expect(linkIn(pasted)).toBe(link);
});
