import { RouteTable } from './route-table.js';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('/v1/orgs/:org/sessions', ['GET']);
  table.add('/v1/orgs/:org/sessions', ['HEAD']);
  table.add('/v1/orgs/:org/sessions/:sid', ['DELETE']);
  table.add('/oauth/*', ['GET', 'POST']);

  it.each([
    ['/v1/orgs/o/sessions', ['GET', 'HEAD', 'OPTIONS']],
    ['/v1/orgs/o%20p/sessions/a%2Fb', ['DELETE', 'OPTIONS']],
    ['/oauth/a/b', ['GET', 'OPTIONS', 'POST']],
    ['/v1/orgs/o/session', []],
    ['/v1/orgs//sessions', []],
    ['/x/v1/orgs/o/sessions', []],
  ])('%s takes %j', (path, methods) => expect(table.allowedAt(path)).toEqual(methods));
});
