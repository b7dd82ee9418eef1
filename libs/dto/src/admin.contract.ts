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

/** Calls: more than anybody has, and no overflow anywhere. */
const MAX_LIMIT = 1_000_000;
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
export const UserLimits = Limits.pick({ callsPerUser: true });

export const NewOrg = z.object({ name: ShortText });
export const OrgChange = atLeastOne(z.object({ name: ShortText, active: z.boolean(), limits: LimitsChange }).partial());
export const NewOrgToken = z.object({ name: ShortText });
/** Revoking is for ever. */
export const OrgTokenChange = z.object({ active: z.literal(false) });
export const NewUser = z.object({ username: Username, password: Password });
export const UserChange = atLeastOne(z.object({ password: Password, active: z.boolean(), limits: UserLimits.partial() }).partial());
export const SettingsChange = z.object({ limits: LimitsChange });

export type NewUser = z.output<typeof NewUser>;
export type OrgChange = z.output<typeof OrgChange>;
export type UserChange = z.output<typeof UserChange>;
export type SettingsChange = z.output<typeof SettingsChange>;

export const OrgId = z.object({ orgId: z.string().max(256) });
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
  idempotent: true,
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

export const issueOrgToken = rpc('auth', 'issue-org-token', {
  ...ofAdmin,
  doc: 'Makes a token of an org; it is told here and nowhere else.',
  idempotent: 'secret',
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
  idempotent: true,
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

export const useProof = rpc('auth', 'use-proof', {
  doc: 'Whether a DPoP proof (RFC 9449, 11.1), known by a hash, is used for the first time; it is remembered for so many seconds.',
  access: 'none',
  callers: ['gateway'],
  request: z.object({ id: z.string().length(43), seconds: z.int().min(1).max(600) }),
  reply: z.object({ first: z.boolean() }),
});

/** A change must say what changes. */
export function atLeastOne<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return schema.refine((value) => Object.values(value).some((field) => field !== undefined), 'Name at least one field to change');
}
