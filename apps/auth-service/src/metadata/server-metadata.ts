import { COVIU_SCOPE } from '@parley/dto';

export type ServerMetadata = Record<string, unknown>;

/** Of RFC 8414, 2. The engine also names endpoints and features that nothing routes to; who reads of them would try them. */
const published = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'subject_types_supported',
  'token_endpoint_auth_methods_supported',
];

/** What there really is. */
export function publishedMetadata(ofEngine: Record<string, unknown>): ServerMetadata {
  const known = Object.fromEntries(published.map((name) => [name, ofEngine[name]]));
  return { ...known, scopes_supported: [COVIU_SCOPE] };
}
