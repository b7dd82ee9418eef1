const meanings: Readonly<Record<string, string>> = {
  call: 'place calls in your name, and see and end those calls',
  'coviu-enterprise-api': 'host and manage sessions of your organisation',
  openid: 'know who you are',
  profile: 'know your username',
  offline_access: 'go on while you are away, until you or your organisation end it',
  introspect: 'check whether access tokens are good',
  admin: 'administer your organisation',
};

/** A scope as a person reads it. */
export const meaningOf = (scope: string): string => meanings[scope] ?? scope;
