import { z } from 'zod';
import { COVIU_SCOPE, ShortText } from './common.contract.js';
import { rpc } from './contract.js';

/** The scope of `/admin/v1`. With the operator's token it reaches every org, with a client's its own. */
export const ADMIN_SCOPE = 'admin';
/** The scope of calls that an application places for a user. */
export const CALL_SCOPE = 'call';

/** The scope of a resource server that asks about other clients' tokens (RFC 7662). */
export const INTROSPECT_SCOPE = 'introspect';

/** Every scope that there is. */
export const scopes = [COVIU_SCOPE, CALL_SCOPE, ADMIN_SCOPE, INTROSPECT_SCOPE] as const;

/** RFC 6749 and RFC 8628: every way to a token that a client may be given. */
export const grantTypes = ['client_credentials', 'refresh_token', 'authorization_code', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code'] as const;

/** Whether a client may use the ClickToCall flow, and if so, whether only with a code. */
export const clickToCallModes = ['off', 'code', 'implicit'] as const;

const MAX_URI_LENGTH = 2048;
const MAX_URIS = 20;
/** Calls: more than anybody has, and no overflow anywhere. */
const MAX_LIMIT = 1_000_000;
/** Seconds: 30 days. */
const MAX_OVERLAP = 30 * 86_400;
const DEFAULT_OVERLAP = 86_400;

/** Compared as text, character by character (RFC 9700, 2.1): no pattern, no fragment, nothing that a reader might understand otherwise. */
export const RedirectUri = z
  .string()
  .max(MAX_URI_LENGTH)
  .refine(isExactUri, 'must be an absolute http or https address, without fragment, user, wildcard or blanks');

/** What must be there, in UTF-8 and without control characters; kept in the composed form, so that one name is one text. */
export const Username = ShortText.refine((name) => name.trim() === name, 'must not begin or end with a blank').transform((name) => name.normalize('NFC'));

export const MAX_PASSWORD_LENGTH = 1024;
export const Password = z.string().min(1).max(MAX_PASSWORD_LENGTH).regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');

const Limit = z.int().min(0).max(MAX_LIMIT).nullable();
/** `callsPerUser`: calls that a user may have at a time; `ongoingCalls`: of everybody in the org. Null: what the next wider rule says. */
export const Limits = z.object({ callsPerUser: Limit, ongoingCalls: Limit });
export type Limits = z.output<typeof Limits>;
/** Those that are named change. */
const LimitsChange = Limits.partial();
const UserLimits = Limits.pick({ callsPerUser: true });

const unique = <T extends z.ZodType>(item: T) => z.array(item).max(MAX_URIS).transform((items) => [...new Set(items)]);

export const NewOrg = z.object({ name: ShortText });
export const OrgChange = atLeastOne(z.object({ name: ShortText, active: z.boolean(), limits: LimitsChange }).partial());
export const NewClient = z
  .object({
    name: ShortText,
    grantTypes: unique(z.enum(grantTypes)).optional(),
    redirectUris: unique(RedirectUri).optional(),
    clickToCall: z.enum(clickToCallModes).optional(),
    queryToken: z.boolean().optional(),
    scopes: unique(z.enum(scopes)).optional(),
  })
  .refine(({ grantTypes: types, clickToCall }) => clickToCall === 'implicit' || !types?.includes('implicit'), { path: ['grantTypes'], message: 'implicit is for clients whose clickToCall is implicit' });
export const ClientChange = atLeastOne(
  z.object({ name: ShortText, redirectUris: unique(RedirectUri), clickToCall: z.enum(clickToCallModes), queryToken: z.boolean(), scopes: unique(z.enum(scopes)), active: z.boolean(), limits: UserLimits.partial() }).partial(),
);
export const Rotation = z.object({ overlapSeconds: z.int().min(0).max(MAX_OVERLAP).default(DEFAULT_OVERLAP) }).default({ overlapSeconds: DEFAULT_OVERLAP });
export const NewOrgToken = z.object({ name: ShortText });
/** Revoking is for ever. */
export const OrgTokenChange = z.object({ active: z.literal(false) });
export const NewUser = z.object({ username: Username, password: Password });
export const UserChange = atLeastOne(z.object({ password: Password, active: z.boolean(), limits: UserLimits.partial() }).partial());
export const SettingsChange = z.object({ limits: LimitsChange });

export type NewClient = z.output<typeof NewClient>;
export type NewUser = z.output<typeof NewUser>;
export type OrgChange = z.output<typeof OrgChange>;
export type ClientChange = z.output<typeof ClientChange>;
export type UserChange = z.output<typeof UserChange>;
export type SettingsChange = z.output<typeof SettingsChange>;

export const OrgId = z.object({ orgId: z.string().max(256) });
const ClientId = OrgId.extend({ clientId: z.string().max(256) });
const TokenId = OrgId.extend({ tokenId: z.string().max(256) });
const UserId = OrgId.extend({ userId: z.string().max(256) });

/** The largest page of a list, and how many there are on one unless asked otherwise. */
const MAX_LIST = 200;
const DEFAULT_LIST = 50;
/** A page in the order of creation: what comes after the place that the page before named as its `next`. */
export const ListPage = z.object({ limit: z.int().min(1).max(MAX_LIST).default(DEFAULT_LIST), after: z.string().min(1).max(256).optional() });
export type ListPage = z.output<typeof ListPage>;
export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export interface ListOf<T> {
  items: T[];
  next: string | null;
}

/** An org as its administrators see it. */
export const OrgAdminDto = z.object({ orgId: z.string(), name: z.string(), active: z.boolean(), limits: Limits });
export type OrgAdminDto = z.output<typeof OrgAdminDto>;

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
  limits: UserLimits.default({ callsPerUser: null }),
});
export type ClientAdminDto = z.output<typeof ClientAdminDto>;

/** A long-lived opaque token of an org, without the token. */
export const OrgTokenDto = z.object({ tokenId: z.string(), orgId: z.string(), name: z.string(), active: z.boolean() });
export type OrgTokenDto = z.output<typeof OrgTokenDto>;

/** Somebody who can log in. */
export const UserDto = z.object({ userId: z.string(), orgId: z.string(), username: z.string(), active: z.boolean(), limits: UserLimits });
export type UserDto = z.output<typeof UserDto>;

/** What holds for everyone whom no narrower rule is about. */
export const SettingsDto = z.object({ limits: Limits });
export type SettingsDto = z.output<typeof SettingsDto>;

/** For administrators. */
export const ofAdmin = { access: 'access', scope: ADMIN_SCOPE, callers: ['gateway'] } as const;

export const registerOrg = rpc('auth', 'register-org', {
  ...ofAdmin,
  doc: 'Creates an organisation. For the operator only: fails with `admin.operator_only`.',
  request: NewOrg,
  reply: OrgAdminDto,
});
export const listOrgs = rpc('auth', 'list-orgs', {
  ...ofAdmin,
  doc: 'The organisations that the caller administers.',
  request: ListPage,
  reply: listOf(OrgAdminDto),
});
export const readOrg = rpc('auth', 'read-org', {
  ...ofAdmin,
  doc: 'One organisation. Fails with `org.not_found`, as everything below an org does, for another’s too.',
  request: OrgId,
  reply: OrgAdminDto,
});
export const changeOrg = rpc('auth', 'change-org', {
  ...ofAdmin,
  doc: 'Renames, limits, disables or enables an organisation.',
  request: OrgId.extend({ change: OrgChange }),
  reply: OrgAdminDto,
});

export const registerClient = rpc('auth', 'register-client', {
  ...ofAdmin,
  doc: 'Creates a client; its secret is told here and nowhere else.',
  request: OrgId.extend({ client: NewClient }),
  reply: ClientAdminDto.extend({ clientSecret: z.string() }),
});
export const listClients = rpc('auth', 'list-clients', {
  ...ofAdmin,
  doc: 'The clients of an org.',
  request: OrgId.extend(ListPage.shape),
  reply: listOf(ClientAdminDto),
});
export const readClient = rpc('auth', 'read-client', {
  ...ofAdmin,
  doc: 'One client. Fails with `client.not_found`.',
  request: ClientId,
  reply: ClientAdminDto,
});
export const changeClient = rpc('auth', 'change-client', {
  ...ofAdmin,
  doc: 'Changes, disables or enables a client.',
  request: ClientId.extend({ change: ClientChange }),
  reply: ClientAdminDto,
});
export const rotateClientSecret = rpc('auth', 'rotate-client-secret', {
  ...ofAdmin,
  doc: 'A new secret, told here and nowhere else; the others go on for the overlap. Fails with `client.too_many_secrets`.',
  request: ClientId.extend({ overlapSeconds: z.int().min(0) }),
  reply: z.object({ clientId: z.string(), clientSecret: z.string() }),
});

export const issueOrgToken = rpc('auth', 'issue-org-token', {
  ...ofAdmin,
  doc: 'Makes a token of an org; it is told here and nowhere else.',
  request: OrgId.extend(NewOrgToken.shape),
  reply: OrgTokenDto.extend({ token: z.string() }),
});
export const listOrgTokens = rpc('auth', 'list-org-tokens', {
  ...ofAdmin,
  doc: 'The tokens of an org, revoked ones included, without the tokens themselves.',
  request: OrgId.extend(ListPage.shape),
  reply: listOf(OrgTokenDto),
});
export const readOrgToken = rpc('auth', 'read-org-token', {
  ...ofAdmin,
  doc: 'One token of an org, without the token itself. Fails with `org_token.not_found`.',
  request: TokenId,
  reply: OrgTokenDto,
});
export const revokeOrgToken = rpc('auth', 'revoke-org-token', {
  ...ofAdmin,
  doc: 'Ends a token of an org for ever; idempotent.',
  request: TokenId.extend(OrgTokenChange.shape),
  reply: OrgTokenDto,
});

export const registerUser = rpc('auth', 'register-user', {
  ...ofAdmin,
  doc: 'Creates a user. Fails with `user.username_taken`.',
  request: OrgId.extend({ user: NewUser }),
  reply: UserDto,
});
export const listUsers = rpc('auth', 'list-users', {
  ...ofAdmin,
  doc: 'The users of an org.',
  request: OrgId.extend(ListPage.shape),
  reply: listOf(UserDto),
});
export const readUser = rpc('auth', 'read-user', {
  ...ofAdmin,
  doc: 'One user. Fails with `user.not_found`.',
  request: UserId,
  reply: UserDto,
});
export const changeUser = rpc('auth', 'change-user', {
  ...ofAdmin,
  doc: 'Gives a user another password or limit, disables or enables it.',
  request: UserId.extend({ change: UserChange }),
  reply: UserDto,
});

export const readSettings = rpc('auth', 'read-settings', {
  ...ofAdmin,
  doc: 'What holds for every org. For the operator only.',
  request: z.object({}),
  reply: SettingsDto,
});
export const changeSettings = rpc('auth', 'change-settings', {
  ...ofAdmin,
  doc: 'Changes what holds for every org. For the operator only.',
  request: SettingsChange,
  reply: SettingsDto,
});

export const exchangeOpaqueToken = rpc('auth', 'exchange-opaque-token', {
  doc: 'An access token of 60 s for the operator’s token or a token of an org. Fails with `token.invalid`, alike for every reason.',
  access: 'none',
  callers: ['gateway'],
  request: z.object({ token: z.string().max(1024) }),
  reply: z.object({ accessToken: z.string(), expiresIn: z.int() }),
});

/** A change must say what changes. */
function atLeastOne<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return schema.refine((value) => Object.values(value).some((field) => field !== undefined), 'Name at least one field to change');
}

/** Scheme, host, and then what there is of path and query; an `@` in the authority would be a user. */
function isExactUri(text: string): boolean {
  return /^https?:\/\/[^\s#*\\@/?\p{C}]+([/?][^\s#*\\\p{C}]*)?$/iu.test(text) && URL.canParse(text);
}
