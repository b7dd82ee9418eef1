import { z } from 'zod';
import { Capability } from './capability.js';
import { Instant, ofOrg, pageOf, PageRequest, ShortText } from './common.contract.js';
import { event, rpc } from './contract.js';
import { EntryDto, Role } from './session.contract.js';

/** In a `live` one the hosts send and all others watch; in a `conference` everybody does both. */
export const AliasType = z.enum(['live', 'conference']);
export type AliasType = z.output<typeof AliasType>;

/** Text of so many characters, as people count them, that UTF-8 has a form for. */
const text = (most: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode')
    .refine((value) => [...value].length <= most, `must have at most ${most} characters`);

/** Datagram Link, A3. A name is kept as text, which PostgreSQL has without NUL. */
export const AliasName = text(256).regex(/^[^\0]*$/, 'must not contain NUL');
export const Passcode = text(128);
/** Bytes count: it is the key of an HMAC. */
export const JwtSecret = text(4096).refine((value) => Buffer.byteLength(value) <= 4096, 'must have at most 4096 bytes');
export const StreamKey = text(256);
/** `true`: generate one. */
export const StreamKeyInput = z.union([StreamKey, z.literal(true)], 'must be text of 1 to 256 characters, or true');

/** An alias as its org sees it; everybody else reads null in the place of the three secrets. */
export const AliasDto = z.object({
  aliasId: z.string(),
  orgId: z.string(),
  /** The session that it is a door to. */
  sid: z.string(),
  type: AliasType,
  name: z.string().nullable(),
  passcode: z.string().nullable(),
  jwtSecret: z.string().nullable(),
  streamKey: z.string().nullable(),
  expiresAt: Instant,
  createdAt: Instant,
});
export type AliasDto = z.output<typeof AliasDto>;

const optional = {
  name: AliasName.nullable().optional(),
  passcode: Passcode.nullable().optional(),
  jwtSecret: JwtSecret.nullable().optional(),
  streamKey: StreamKeyInput.nullable().optional(),
};

export const NewAlias = z.object({ type: AliasType, expiresAt: Instant, ...optional, sid: ShortText.optional() });
export type NewAlias = z.output<typeof NewAlias>;

/** What is not named stays; null clears. */
export const AliasChange = z.object({ type: AliasType.optional(), expiresAt: Instant.optional(), ...optional });
export type AliasChange = z.output<typeof AliasChange>;

/** A path can name anything: what can be no id is not there. */
const Id = z.object({ aliasId: z.string() });

/** What somebody without a token of the org has to show. */
const Shown = Id.extend({
  passcode: z.string().optional(),
  /** The `Authorization` value, without the word Bearer. */
  token: z.string().optional(),
});
export type ShownAtAlias = z.output<typeof Shown>;

const ofAnybody = { access: 'none', callers: ['gateway'] } as const;

export const createAlias = rpc('session', 'create-alias', {
  ...ofOrg,
  idempotent: 'secret',
  doc: 'Makes an alias: a short name for a session (Datagram Link, A3). A past `expiresAt` is accepted.',
  request: NewAlias,
  reply: AliasDto,
});

export const listAliases = rpc('session', 'list-aliases', {
  ...ofOrg,
  doc: 'The org’s aliases in creation order, those that have expired included (A2). Fails with `page.cursor`.',
  request: PageRequest.extend({ type: AliasType.optional() }),
  reply: pageOf(AliasDto),
});

export const getAlias = rpc('session', 'get-alias', { ...ofOrg, doc: 'One alias of the org, with its secrets. Fails with `alias.not_found`.', request: Id, reply: AliasDto });

export const changeAlias = rpc('session', 'change-alias', {
  ...ofOrg,
  idempotent: 'secret',
  doc: 'Changes what is named, clears what is null (A4). Fails with `alias.not_found`.',
  request: Id.extend({ change: AliasChange }),
  reply: AliasDto,
});

export const deleteAlias = rpc('session', 'delete-alias', {
  ...ofOrg,
  doc: 'Deletes an alias for good (A5); answers what it was. Fails with `alias.not_found`.',
  request: Id,
  reply: AliasDto,
});

export const authorizeStream = rpc('session', 'authorize-stream', {
  ...ofOrg,
  doc: 'Whether this key may publish at this alias now: asked by a media server. Fails with `alias.not_found`, `alias.stream_refused`.',
  request: Id.extend({ streamKey: z.string() }),
  reply: z.object({ aliasId: z.string(), orgId: z.string(), sid: z.string(), type: AliasType }),
});

export const openAlias = rpc('session', 'open-alias', {
  ...ofAnybody,
  doc: 'An alias as the public sees it (A1). Fails with `alias.not_found` (a token was shown), `alias.unknown`, `alias.token`, `alias.protected`, `alias.guesses`.',
  request: Shown,
  reply: AliasDto,
});

export const joinAlias = rpc('session', 'join-alias', {
  ...ofAnybody,
  doc: 'Asks for an entry in the session of an alias, with what A1 takes. Fails as `open-alias` and admission do.',
  request: Shown.extend({ name: ShortText.optional() }),
  reply: EntryDto,
});

export const joinOwnAlias = rpc('session', 'join-own-alias', {
  ...ofOrg,
  doc: 'The same for the org itself, as a host. Fails with `alias.not_found`, and as admission does.',
  request: Id.extend({ name: ShortText.optional() }),
  reply: EntryDto,
});

const terms = {
  aliasId: z.string(),
  sid: z.string(),
  aliasType: AliasType,
  name: z.string().nullable(),
  expiresAt: Instant,
  /** Which secrets it has; never what they are. */
  has: z.array(z.enum(['passcode', 'jwt_secret', 'stream_key'])),
};
const exampleTerms = { aliasId: 'aB3xZ', sid: 'aB3xZ', aliasType: 'live' as const, name: 'Webinar', expiresAt: '2026-12-01T09:00:00.000Z', has: ['passcode' as const] };

/** Somebody can come in by that name now. */
export const aliasCreated = event('session', 'alias-created', 1, { doc: 'An alias was made.', data: z.object(terms), examples: [exampleTerms] });

/** It is as told here from now on. */
export const aliasUpdated = event('session', 'alias-updated', 1, {
  doc: 'An alias was changed; `changed` names what the change named.',
  data: z.object({ ...terms, changed: z.array(z.string()) }),
  examples: [{ ...exampleTerms, changed: ['passcode', 'expired_at'] }],
});

/** Nobody comes in by that name any more. */
export const aliasDeleted = event('session', 'alias-deleted', 1, {
  doc: 'An alias was deleted for good.',
  data: z.object({ aliasId: z.string(), sid: z.string(), deletedAt: Instant }),
  examples: [{ aliasId: 'aB3xZ', sid: 'aB3xZ', deletedAt: '2026-11-01T09:00:00.000Z' }],
});

/** It is gone for the public. */
export const aliasExpired = event('session', 'alias-expired', 1, {
  doc: 'The time of an alias is over. Told once for each `expiresAt` that it reaches.',
  data: z.object({ aliasId: z.string(), sid: z.string(), expiresAt: Instant }),
  examples: [{ aliasId: 'aB3xZ', sid: 'aB3xZ', expiresAt: '2026-12-01T09:00:00.000Z' }],
});

/** An entry was granted at that door; `entry-granted` tells the rest. */
export const aliasJoined = event('session', 'alias-joined', 1, {
  doc: 'Somebody entered a session by an alias, with what they showed: nothing, a passcode, an alias JWT, or a token of the org.',
  data: z.object({ aliasId: z.string(), sid: z.string(), entryId: z.uuid(), role: Role, capabilities: z.array(Capability), shown: z.enum(['nothing', 'passcode', 'jwt', 'org']) }),
  examples: [{ aliasId: 'aB3xZ', sid: 'aB3xZ', entryId: '0192f3a1-0000-7000-8000-000000000002', role: 'guest', capabilities: ['subscribe'], shown: 'passcode' }],
});
