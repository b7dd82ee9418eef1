import { scopes } from '@parley/dto';
import { responseModes } from '../oauth-storage/client-adapter.js';
import { assertionAlgorithms } from '../tokens/client-assertions.js';

export type ServerMetadata = Record<string, unknown>;

/** What the engine says of itself and what is so. It also names features that nothing routes to; who reads of them would try them. */
const ofEngine = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'pushed_authorization_request_endpoint',
  'device_authorization_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'subject_types_supported',
  'code_challenge_methods_supported',
  'authorization_response_iss_parameter_supported',
  'dpop_signing_alg_values_supported',
  'id_token_signing_alg_values_supported',
  'claims_supported',
  'claim_types_supported',
];

/** Clients show who they are before the engine is asked (`ClientAuthentication`), so this is ours to say. */
const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
const authentication = Object.fromEntries(
  ['token', 'introspection', 'revocation'].flatMap((endpoint) => [
    [`${endpoint}_endpoint_auth_methods_supported`, endpoint === 'introspection' ? authMethods.slice(0, -1) : authMethods],
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`, assertionAlgorithms],
  ]),
);

/** RFC 8414, 2, and OpenID Connect Discovery 1.0, 3: what there really is. */
export function publishedMetadata(known: Record<string, unknown>): ServerMetadata {
  const said = Object.fromEntries(ofEngine.map((name) => [name, known[name]]));
  const rest = {
    response_modes_supported: responseModes,
    scopes_supported: ['openid', 'offline_access', ...scopes],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
  return { ...said, ...authentication, ...rest };
}
