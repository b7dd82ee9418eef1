/** Where the engine answers. Nothing else of it is routed to. */
export const routes = {
  authorization: '/oauth/auth',
  token: '/oauth/token',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  pushed_authorization_request: '/oauth/par',
  device_authorization: '/oauth/device',
  code_verification: '/auth/device',
  jwks: '/.well-known/jwks.json',
} as const;
