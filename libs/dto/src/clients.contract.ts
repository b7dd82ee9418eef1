import { z } from 'zod';
import { atLeastOne, listOf, ListPage, ofAdmin, OrgId, scopes, UserLimits } from './admin.contract.js';
import { ShortText } from './common.contract.js';
import { rpc } from './contract.js';

/** RFC 6749 and RFC 8628: every way to a token that a client may be given. */
export const grantTypes = ['client_credentials', 'refresh_token', 'authorization_code', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code'] as const;

/** Whether a client may use the ClickToCall flow, and if so, whether only with a code. */
export const clickToCallModes = ['off', 'code', 'implicit'] as const;
export type ClickToCallMode = (typeof clickToCallModes)[number];

/** How a client shows who it is (RFC 7591, 2): with its secret, in the header or in the form; with an assertion that it signs; or not at all. */
export const clientAuthMethods = ['client_secret_basic', 'private_key_jwt', 'none'] as const;
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

const MAX_URI_LENGTH = 2048;
const MAX_URIS = 20;
/** Seconds: 30 days. */
const MAX_OVERLAP = 30 * 86_400;
const DEFAULT_OVERLAP = 86_400;

/** Compared as text, character by character (RFC 9700, 2.1): no pattern, no fragment, nothing that a reader might understand otherwise. */
export const RedirectUri = z
  .string()
  .max(MAX_URI_LENGTH)
  .refine(isExactUri, 'must be an absolute http or https address, without fragment, user, wildcard or blanks');

const unique = <T extends z.ZodType>(item: T) => z.array(item).max(MAX_URIS).transform((items) => [...new Set(items)]);

const KeyText = z.string().min(1).max(1024);
/** A public key that a client signs with (RFC 7517, RFC 7518). What else is in there is not kept, and so no private part is. */
const ClientKey = z.union([
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: KeyText, y: KeyText, kid: KeyText.optional() }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: KeyText, kid: KeyText.optional() }),
  z.object({ kty: z.literal('RSA'), n: KeyText.min(342, 'must have 2048 bits at least'), e: KeyText, kid: KeyText.optional() }),
]);
export const ClientJwks = z.object({ keys: z.array(ClientKey).min(1).max(10) });
export type ClientJwks = z.output<typeof ClientJwks>;

const hasKeysIfItSigns = ({ tokenEndpointAuthMethod, jwks }: { tokenEndpointAuthMethod?: ClientAuthMethod | undefined; jwks?: ClientJwks | undefined }): boolean =>
  (tokenEndpointAuthMethod === 'private_key_jwt') === (jwks !== undefined);
const isPublicOnly = ({ tokenEndpointAuthMethod, grantTypes: types, clickToCall }: { tokenEndpointAuthMethod?: ClientAuthMethod | undefined; grantTypes?: string[] | undefined; clickToCall?: ClickToCallMode | undefined }): boolean =>
  tokenEndpointAuthMethod !== 'none' || (types !== undefined && !types.includes('client_credentials') && (clickToCall ?? 'off') === 'off');

export const NewClient = z
  .object({
    name: ShortText,
    grantTypes: unique(z.enum(grantTypes)).optional(),
    redirectUris: unique(RedirectUri).optional(),
    clickToCall: z.enum(clickToCallModes).optional(),
    queryToken: z.boolean().optional(),
    scopes: unique(z.enum(scopes)).optional(),
    tokenEndpointAuthMethod: z.enum(clientAuthMethods).optional(),
    jwks: ClientJwks.optional(),
  })
  .refine(hasKeysIfItSigns, { path: ['jwks'], message: 'the public keys go with the tokenEndpointAuthMethod private_key_jwt, and it with them' })
  .refine(isPublicOnly, { path: ['tokenEndpointAuthMethod'], message: 'none is for clients with other grantTypes than client_credentials, and with clickToCall off' })
  .refine(({ grantTypes: types, clickToCall }) => clickToCall === 'implicit' || !types?.includes('implicit'), { path: ['grantTypes'], message: 'implicit is for clients whose clickToCall is implicit' });
export const ClientChange = atLeastOne(
  z
    .object({ name: ShortText, redirectUris: unique(RedirectUri), clickToCall: z.enum(clickToCallModes), queryToken: z.boolean(), scopes: unique(z.enum(scopes)), jwks: ClientJwks, active: z.boolean(), limits: UserLimits.partial() })
    .partial(),
);
export const Rotation = z.object({ overlapSeconds: z.int().min(0).max(MAX_OVERLAP).default(DEFAULT_OVERLAP) }).default({ overlapSeconds: DEFAULT_OVERLAP });
export type NewClient = z.output<typeof NewClient>;
export type ClientChange = z.output<typeof ClientChange>;
const ClientId = OrgId.extend({ clientId: z.string().max(256) });
/** A client as its administrators see it. `active`: it itself is not disabled, whatever its org is. */
export const ClientAdminDto = z.object({
  clientId: z.string(),
  orgId: z.string(),
  name: z.string(),
  active: z.boolean(),
  grantTypes: z.array(z.string()),
  redirectUris: z.array(z.string()),
  clickToCall: z.enum(clickToCallModes),
  queryToken: z.boolean(),
  scopes: z.array(z.string()),
  tokenEndpointAuthMethod: z.enum(clientAuthMethods),
  jwks: ClientJwks.nullable(),
  limits: UserLimits,
});
export type ClientAdminDto = z.output<typeof ClientAdminDto>;

/** A secret of a client that is valid, without its text. Times in epoch seconds; `validUntil` null: until it is rotated; `lastUsed` null: never, else give or take a minute. */
export const ClientSecretDto = z.object({ secretId: z.string(), created: z.int(), validUntil: z.int().nullable(), lastUsed: z.int().nullable() });
export type ClientSecretDto = z.output<typeof ClientSecretDto>;

/** One client, and what is to be known of its secrets, the newest first. */
export const ClientDetailsDto = ClientAdminDto.extend({ secrets: z.array(ClientSecretDto) });
export type ClientDetailsDto = z.output<typeof ClientDetailsDto>;

export const registerClient = rpc('auth', 'register-client', {
  ...ofAdmin,
  doc: 'Creates a client; its secret is told here and nowhere else. One whose `tokenEndpointAuthMethod` is `none` has none.',
  idempotent: 'secret',
  request: OrgId.extend({ client: NewClient }),
  reply: ClientAdminDto.extend({ clientSecret: z.string().optional() }),
});
export const listClients = rpc('auth', 'list-clients', {
  ...ofAdmin,
  doc: 'The clients of an org.',
  request: OrgId.extend(ListPage.shape),
  reply: listOf(ClientAdminDto),
});
export const readClient = rpc('auth', 'read-client', {
  ...ofAdmin,
  doc: 'One client, and when its secrets were last used. Fails with `client.not_found`.',
  request: ClientId,
  reply: ClientDetailsDto,
});
export const changeClient = rpc('auth', 'change-client', {
  ...ofAdmin,
  doc: 'Changes, disables or enables a client.',
  request: ClientId.extend({ change: ClientChange }),
  reply: ClientAdminDto,
});
export const rotateClientSecret = rpc('auth', 'rotate-client-secret', {
  ...ofAdmin,
  doc: 'A new secret, told here and nowhere else; the others go on for the overlap. Fails with `client.too_many_secrets`, and with `client.public` for a client that has none.',
  idempotent: 'secret',
  request: ClientId.extend({ overlapSeconds: z.int().min(0) }),
  reply: z.object({ clientId: z.string(), clientSecret: z.string() }),
});

/** Scheme, host, and then what there is of path and query; an `@` in the authority would be a user. */
function isExactUri(text: string): boolean {
  return /^https?:\/\/[^\s#*\\@/?\p{C}]+([/?][^\s#*\\\p{C}]*)?$/iu.test(text) && URL.canParse(text);
}
