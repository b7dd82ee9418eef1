import { prefersHtml } from './accept.js';

describe('Who gets a page', () => {
  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['text/html'],
    ['TEXT/HTML'],
    ['text/*'],
    ['application/json;q=0.5, text/html;q=0.9'],
    ['text/html, application/json;q=0'],
    ['*/*;q=0.1, text/html;q=0.2'],
    ['text/html ; q=0.8 , */* ; q=0.1'],
  ])('a page for %s', (accept) => expect(prefersHtml(accept)).toBe(true));

  it.each([
    [undefined],
    [''],
    ['*/*'],
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['application/json, text/plain, */*'],
    ['text/html, application/json'],
    ['text/html;q=0.5, application/json'],
    ['text/html;q=0'],
    ['text/html;q=0.5, */*'],
    ['application/*'],
    ['image/png'],
    ['text/html;q=often'],
    [',,,;;;q=,'],
  ])('data for %s', (accept) => expect(prefersHtml(accept)).toBe(false));
});
