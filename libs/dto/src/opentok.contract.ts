import { z } from 'zod';
import { Instant, ofOrg, ShortText } from './common.contract.js';
import { event, rpc } from './contract.js';
import { EntryDto } from './session.contract.js';

/** opentok.md: `routed` through a media server, or `relayed` between the clients. */
export const OpentokMediaMode = z.enum(['routed', 'relayed']);
export type OpentokMediaMode = z.output<typeof OpentokMediaMode>;

export const OpentokRole = z.enum(['publisher', 'subscriber', 'moderator', 'publisheronly']);
export type OpentokRole = z.output<typeof OpentokRole>;

export const OpentokSessionDto = z.object({
  opentokSessionId: z.string(),
  /** The API key in the id. */
  clientId: z.string(),
  mediaMode: OpentokMediaMode,
  location: z.string().nullable(),
  createdAt: Instant,
});
export type OpentokSessionDto = z.output<typeof OpentokSessionDto>;

/** Longer than the longest T1: 1,024 characters of data, percent-encoded, in base64. */
export const MAX_T1_LENGTH = 32_768;

/** Handed to the other clients of a session. */
export const OpentokData = z.string().max(1024).regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');

/** `publisher` for 24 h unless it says otherwise. Epoch seconds. */
const Wanted = z.object({ opentokSessionId: z.string(), role: OpentokRole.default('publisher'), expiresAt: z.int().optional(), data: OpentokData.default('') });
export type OpentokTokenWanted = z.output<typeof Wanted>;
const Issued = z.object({ token: z.string(), role: OpentokRole, expiresAt: z.int(), data: z.string() });
export type OpentokTokenIssued = z.output<typeof Issued>;

const NewSession = z.object({ mediaMode: OpentokMediaMode.default('routed'), location: z.ipv4().nullable().default(null) });
/** `sid`: another name of the same session. */
const NamedSession = NewSession.extend({ sid: ShortText.optional() });
export type NewOpentokSession = z.output<typeof NamedSession>;

const ofAnybody = { access: 'none', callers: ['gateway'] } as const;

export const createOpentokSession = rpc('session', 'create-opentok-session', {
  ...ofOrg,
  idempotent: true,
  doc: 'Makes an OpenTok session of the org. Fails with `opentok.no_client`.',
  request: NamedSession,
  reply: OpentokSessionDto,
});

export const createPublicOpentokSession = rpc('session', 'create-public-opentok-session', {
  ...ofAnybody,
  doc: 'The same for whoever comes without a token, in the org that the operator named for that. Fails with `token.missing` where there is none, or for a `sid`.',
  request: NamedSession,
  reply: OpentokSessionDto,
});

export const createSdkOpentokSession = rpc('session', 'create-sdk-opentok-session', {
  ...ofAnybody,
  doc: 'The same for the OpenTok server SDK, by its X-OPENTOK-AUTH: a JWT under an `api_key_secret`. Fails with `opentok.auth`.',
  request: NewSession.extend({ auth: z.string().max(8192) }),
  reply: OpentokSessionDto,
});

export const issueOpentokToken = rpc('session', 'issue-opentok-token', {
  ...ofOrg,
  idempotent: 'secret',
  doc: 'A token for one client of an OpenTok session. Fails with `opentok.session_not_found`, `opentok.expires_at`, `opentok.no_client`.',
  request: Wanted,
  reply: Issued,
});

export const issuePublicOpentokToken = rpc('session', 'issue-public-opentok-token', {
  ...ofAnybody,
  doc: 'The same for whoever comes without a token, in the org that the operator named for that. Fails with `token.missing` where there is none.',
  request: Wanted,
  reply: Issued,
});

export const connectOpentok = rpc('session', 'connect-opentok', {
  ...ofAnybody,
  doc: 'Asks for an entry with an OpenTok token, T1 or JWT. Fails with `opentok.token`, `opentok.session_not_found`, and as admission does.',
  request: z.object({ opentokSessionId: z.string(), token: z.string().max(MAX_T1_LENGTH), name: ShortText.optional() }),
  reply: EntryDto,
});

const internal = { access: 'service', callers: ['session'] } as const;

export const findOpentokSigner = rpc('auth', 'find-opentok-signer', {
  ...internal,
  doc: 'The API client whose key OpenTok sessions and tokens carry: that one if it is an active client of the org, else the org’s oldest. Fails with `opentok.no_client`.',
  request: z.object({ orgId: z.string(), clientId: z.string().nullable() }),
  reply: z.object({ clientId: z.string() }),
});

/** The fields of a token, in the order in which a T1 has them. Times in epoch seconds. */
export const OpentokTokenFields = z.object({
  session_id: z.string(),
  create_time: z.int(),
  nonce: z.string(),
  role: OpentokRole,
  expire_time: z.int(),
  connection_data: z.string().optional(),
  initial_layout_class_list: z.string(),
});
export type OpentokTokenFields = z.output<typeof OpentokTokenFields>;

export const signOpentokToken = rpc('auth', 'sign-opentok-token', {
  ...internal,
  doc: 'Signs an OpenTok token with the newest secret of the client that `find-opentok-signer` names. Fails with `opentok.no_client`.',
  request: z.object({ orgId: z.string(), clientId: z.string().nullable(), format: z.enum(['t1', 'jwt']), fields: OpentokTokenFields }),
  reply: z.object({ token: z.string(), clientId: z.string() }),
});

export const verifyOpentokT1 = rpc('auth', 'verify-opentok-token', {
  ...internal,
  doc: 'Verifies the signature of a T1 token and tells whose it is. Says nothing of its fields, which session-service judges. Fails with `opentok.token`, alike for every reason.',
  request: z.object({ token: z.string().max(MAX_T1_LENGTH) }),
  reply: z.object({ orgId: z.string(), clientId: z.string(), active: z.boolean(), fields: z.record(z.string(), z.string()) }),
});

/** There is a session that OpenTok clients know by that id. */
export const opentokSessionCreated = event('session', 'opentok-session-created', 1, {
  doc: 'An OpenTok session was made; `sid` is the session that it is a name of.',
  data: z.object({ opentokSessionId: z.string(), sid: z.string(), clientId: z.string(), mediaMode: OpentokMediaMode, anonymous: z.boolean() }),
  examples: [{ opentokSessionId: '2_MX4xMjM0NTZ-fjE3OTUzMDAwMDAwMDB-MC41fg', sid: 'room-1', clientId: '123456', mediaMode: 'routed', anonymous: false }],
});

/** Somebody may connect with it until then. */
export const opentokTokenIssued = event('session', 'opentok-token-issued', 1, {
  doc: 'An OpenTok token was issued. Nothing in here opens anything.',
  data: z.object({ opentokSessionId: z.string(), sid: z.string(), clientId: z.string(), role: OpentokRole, expiresAt: Instant, anonymous: z.boolean() }),
  examples: [{ opentokSessionId: '2_MX4xMjM0NTZ-fjE3OTUzMDAwMDAwMDB-MC41fg', sid: 'room-1', clientId: '123456', role: 'publisher', expiresAt: '2026-11-02T09:00:00.000Z', anonymous: false }],
});
