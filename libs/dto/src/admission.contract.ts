import { z } from 'zod';
import { MAX_LINK_LENGTH } from './auth.contract.js';
import { Instant, ofOrg, pageOf, PageRequest, ShortText } from './common.contract.js';
import { event, rpc } from './contract.js';
import { EntryDto } from './session.contract.js';

/** Who somebody is to admission: `sub:`, `email:` or `name:` and the claim of that kind (coviu.md, "Who is in a session?"). */
export const PersonKey = z
  .string()
  .max(262)
  .regex(/^(sub|email|name):/, 'must be sub:, email: or name: and what the link says there')
  .refine((key) => ShortText.safeParse(key.slice(key.indexOf(':') + 1)).success, 'must go on with 1 to 256 characters without control characters');

/** One rule of admission, judged: `pass`, and in `detail` what it looked at. A rule that could not be judged does not pass. */
export const RuleVerdict = z.object({ rule: z.string(), pass: z.boolean(), detail: z.string() });
export type RuleVerdict = z.output<typeof RuleVerdict>;

/** Which secret of the client signed a link; `parley`: a link that Parley itself signed. */
export const LinkSigner = z.object({ clientId: z.string(), secret: z.enum(['newest', 'older', 'parley']) });
export type LinkSigner = z.output<typeof LinkSigner>;

/** What a genuine link is to admission at this moment. `linkId`: SHA-256 of what was signed, in base64url. */
export const LinkFacts = z.object({
  linkId: z.string(),
  person: z.string(),
  /** `expires`: with the bound for links that have no `exp`; null: never. */
  window: z.object({ issuedAt: Instant.nullable(), notBefore: Instant.nullable(), expires: Instant.nullable() }),
  revocations: z.array(z.object({ kind: z.string(), key: z.string(), at: Instant })),
  bans: z.array(z.object({ banId: z.uuid(), person: z.string(), sid: z.string().nullable(), until: Instant.nullable() })),
  subscriptionId: z.uuid().nullable(),
  seats: z.object({ limit: z.int(), taken: z.int(), own: z.boolean() }),
});
export type LinkFacts = z.output<typeof LinkFacts>;

export const inspectLink = rpc('session', 'inspect-link', {
  ...ofOrg,
  doc: 'What would happen if this link were used now: every rule with pass or fail. Writes nothing and locks nothing. A link that is not genuine, or of another org, is a denial with `link.invalid`.',
  request: z.object({ link: z.string().max(MAX_LINK_LENGTH) }),
  reply: z.object({
    decision: z.enum(['admit', 'deny']),
    code: z.string().nullable(),
    /** Of the rule that refuses, where it has them. */
    limit: z.int().nullable(),
    current: z.int().nullable(),
    retryAt: Instant.nullable(),
    rules: z.array(RuleVerdict),
    /** Null unless the link is genuine. */
    claims: z.record(z.string(), z.unknown()).nullable(),
    verifiedBy: LinkSigner.nullable(),
    /** Null unless its claims can be read, too. */
    link: LinkFacts.nullable(),
  }),
});
export type Inspection = z.output<(typeof inspectLink)['reply']>;

/** Somebody was not let in. Only of genuine links: nobody else's refusals are an org's to keep. */
export const RefusalDto = z.object({
  refusalId: z.uuid(),
  orgId: z.string(),
  at: Instant,
  code: z.string(),
  rule: z.string(),
  detail: z.string(),
  limit: z.int().nullable(),
  current: z.int().nullable(),
  retryAt: Instant.nullable(),
  sid: z.string().nullable(),
  ref: z.string().nullable(),
  person: z.string().nullable(),
  name: z.string().nullable(),
  role: z.string().nullable(),
  clientId: z.string(),
  linkId: z.string(),
  issuedAt: Instant.nullable(),
  notBefore: Instant.nullable(),
  expiresAt: Instant.nullable(),
  requestId: z.string().nullable(),
});
export type RefusalDto = z.output<typeof RefusalDto>;

const text = z.string().max(262).optional();
export const RefusalFilter = z.object({ sid: text, ref: text, person: text, code: text, from: Instant.optional(), to: Instant.optional() });
export type RefusalFilter = z.output<typeof RefusalFilter>;

export const listRefusals = rpc('session', 'list-refusals', {
  ...ofOrg,
  doc: 'Who was refused, when and why, in the order in which it happened; kept for `REFUSAL_RETENTION`. `from` included, `to` not.',
  request: PageRequest.extend(RefusalFilter.shape),
  reply: pageOf(RefusalDto),
});

export const getRefusal = rpc('session', 'get-refusal', {
  ...ofOrg,
  doc: 'One refusal. Fails with `refusal.not_found`.',
  request: z.object({ refusalId: z.string().max(256) }),
  reply: RefusalDto,
});

/** A person who may not enter: in one session name, or with `sid` null in all of the org. */
export const BanDto = z.object({
  banId: z.uuid(),
  orgId: z.string(),
  person: z.string(),
  sid: z.string().nullable(),
  /** Null: until it is lifted. */
  until: Instant.nullable(),
  reason: z.string().nullable(),
  created: Instant,
  lifted: Instant.nullable(),
  active: z.boolean(),
});
export type BanDto = z.output<typeof BanDto>;

const terms = { sid: ShortText.optional(), until: Instant.optional(), reason: ShortText.optional() };
const BanId = z.object({ banId: z.string().max(256) });

export const banPerson = rpc('session', 'ban-person', {
  ...ofOrg,
  doc: 'Bans a person, or whoever an entry is of: no link of theirs works any more, whenever it was signed, and their live entries end (`banned`). Asked again for the same person and place it changes `until` and `reason`. Fails with `ban.past`, `entry.not_found`.',
  idempotent: true,
  request: z.union([z.object({ person: PersonKey, ...terms }), z.object({ entryId: z.uuid(), ...terms })]),
  reply: BanDto,
});

export const banEntry = rpc('session', 'ban-entry', {
  ...ofOrg,
  doc: 'Removes a person from a session and bans them from it (C13 with `ban=true`); idempotent. Fails with `entry.not_found`.',
  request: z.object({ sid: z.string().min(1).max(256), entryId: z.string().max(256) }),
  reply: EntryDto,
});

export const listBans = rpc('session', 'list-bans', { ...ofOrg, doc: 'The bans of the org in creation order, lifted ones included.', request: PageRequest, reply: pageOf(BanDto) });
export const getBan = rpc('session', 'get-ban', { ...ofOrg, doc: 'One ban. Fails with `ban.not_found`.', request: BanId, reply: BanDto });
export const liftBan = rpc('session', 'lift-ban', { ...ofOrg, doc: 'Lifts a ban; idempotent. Fails with `ban.not_found`.', request: BanId, reply: BanDto });

/** Links of one org, client, subscription, session or person that were issued before `at` are revoked; a single link whenever it was. */
export const LinkRevocationDto = z.object({
  orgId: z.string(),
  kind: z.enum(['org', 'client', 'subscription', 'session', 'person', 'link']),
  key: z.string(),
  at: Instant,
  /** How many entries this request ended. */
  endedEntries: z.int().min(0).optional(),
});
export type LinkRevocationDto = z.output<typeof LinkRevocationDto>;

export const revokeLinks = rpc('session', 'revoke-links', {
  ...ofOrg,
  doc: 'Revokes links that were signed offline: those issued before `at` (now, unless it is earlier), or one link whenever it was issued. The latest moment of a kind and key counts. Fails with `revocation.future`, `revocation.key`, `revocation.link`.',
  idempotent: true,
  request: z.object({
    kind: LinkRevocationDto.shape.kind,
    /** Client id, subscription id, `sid`, person, or the id of a link; none for the org. */
    key: z.string().min(1).max(262).optional(),
    /** In the place of the key of a single link: the link. */
    link: z.string().max(MAX_LINK_LENGTH).optional(),
    at: Instant.optional(),
    endEntries: z.boolean().default(false),
  }),
  reply: LinkRevocationDto,
});

export const listLinkRevocations = rpc('session', 'list-link-revocations', {
  ...ofOrg,
  doc: 'What revokes links of the org now, in the order in which each was first revoked; C11 revokes, too.',
  request: PageRequest,
  reply: pageOf(LinkRevocationDto),
});

const ban = { banId: z.uuid(), person: z.string(), sid: z.string().nullable() };
const exampleBan = { banId: '0192f3a1-0000-7000-8000-000000000003', person: 'email:ann@example.org', sid: null };

/** That person can't enter any more. */
export const personBanned = event('session', 'person-banned', 1, {
  doc: 'A person was banned from a session, or from all of the org (`sid` null), or the terms of the ban were changed.',
  data: z.object({ ...ban, until: Instant.nullable(), reason: z.string().nullable(), bannedAt: Instant }),
  examples: [{ ...exampleBan, until: null, reason: 'shouting', bannedAt: '2026-11-01T09:10:00.000Z' }],
});

/** That person may enter again. */
export const banLifted = event('session', 'ban-lifted', 1, {
  doc: 'A ban was lifted before its time.',
  data: z.object({ ...ban, liftedAt: Instant }),
  examples: [{ ...exampleBan, liftedAt: '2026-11-02T09:00:00.000Z' }],
});
