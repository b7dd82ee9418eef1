import { InShape } from '../http/in-shape.pipe.js';
import { PageQuery } from './page-query.js';

const read = (query: object): PageQuery => new InShape(PageQuery).transform(query);

describe('The page of a query string', () => {
  it.each([
    [{}, { page: 0, count: 200 }],
    [{ page: '3' }, { page: 3, count: 200 }],
    [{ page: '0', count: '1' }, { page: 0, count: 1 }],
    [{ count: '200' }, { page: 0, count: 200 }],
    [{ count: '201' }, { page: 0, count: 200 }],
    [{ count: '99999999999999999999999999' }, { page: 0, count: 200 }],
    [{ page: '2', count: '10', cursor: 'abc' }, { page: 2, count: 10, cursor: 'abc' }],
    [{ order: 'forward' }, { page: 0, count: 200 }],
  ])('P.1: reads %j', (query, page) => expect(read(query)).toEqual(page));

  it.each([
    [{ page: '' }],
    [{ page: '-1' }],
    [{ page: '1.5' }],
    [{ page: '1e3' }],
    [{ page: 'abc' }],
    [{ page: '0x1' }],
    [{ page: ' 1' }],
    [{ page: '+1' }],
    [{ page: '٣' }],
    [{ page: ['0', '0'] }],
    [{ page: '99999999999999999999999999' }],
    [{ count: '' }],
    [{ count: '0' }],
    [{ count: '-5' }],
    [{ count: 'all' }],
    [{ count: ['1', '2'] }],
    [{ cursor: '' }],
    [{ cursor: ['a', 'b'] }],
    [{ cursor: 'x'.repeat(257) }],
  ])('P.2: refuses %j', (query) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'request.invalid' }));
  });
});
