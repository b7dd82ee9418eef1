import { z } from 'zod';

/** The services that own messages. The gateway owns none: it only asks. */
export const owners = ['auth', 'subscription', 'session', 'call'] as const;
export type Owner = (typeof owners)[number];
export type Service = Owner | 'gateway';

/**
 * How the caller of a request is known:
 * - `access`: an OAuth access token in the `authorization` header; the service verifies it and takes the org from it.
 * - `entry`: the token of one session entry in the same header.
 * - `none`: the credential is in the body (a session link, a passcode).
 * - `service`: `rpc.<owner>.internal.*`, open to the named services only, never to the gateway.
 */
export type Access = 'access' | 'entry' | 'none' | 'service';

export interface RpcContract<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  readonly type: 'rpc';
  readonly owner: Owner;
  readonly subject: string;
  readonly doc: string;
  readonly access: Access;
  /** For `access`: the scope that the token must hold. */
  readonly scope?: string;
  /**
   * Takes effect once under one `Idempotency-Key` (coviu.md, I): what its `db.write` returns is kept with the effect for 24 h and
   * returned again. `secret`: that holds a secret, so it is kept sealed, and told again for 10 minutes only.
   */
  readonly idempotent?: true | 'secret';
  /** Who may ask. */
  readonly callers: readonly Service[];
  readonly request: Req;
  readonly reply: Res;
}

interface RpcOptions<Req extends z.ZodType, Res extends z.ZodType> {
  doc: string;
  access: Access;
  scope?: string;
  idempotent?: true | 'secret';
  callers: readonly Service[];
  request: Req;
  reply: Res;
}

/** Declares a request/reply message: subject `rpc.<owner>.<verb-noun>`, or `rpc.<owner>.internal.<verb-noun>` between services. */
export function rpc<Req extends z.ZodType, Res extends z.ZodType>(owner: Owner, verbNoun: string, options: RpcOptions<Req, Res>): RpcContract<Req, Res> {
  const subject = options.access === 'service' ? `rpc.${owner}.internal.${verbNoun}` : `rpc.${owner}.${verbNoun}`;
  return { type: 'rpc', owner, subject, ...options };
}

export interface EventContract<Data extends z.ZodType = z.ZodType> {
  readonly type: 'event';
  readonly owner: Owner;
  readonly subject: string;
  readonly doc: string;
  readonly data: Data;
  /** Every example ever published must parse for ever: `npm run docs` adds them to `published-examples.json`, from which none may go once it was committed. */
  readonly examples: readonly z.input<Data>[];
}

interface EventOptions<Data extends z.ZodType> {
  doc: string;
  data: Data;
  examples: readonly z.input<Data>[];
}

/** Declares a fact: subject `evt.<owner>.<noun-past>.v<version>`. A change that an old reader can't read is a new version beside the old. */
export function event<Data extends z.ZodType>(owner: Owner, nounPast: string, version: number, options: EventOptions<Data>): EventContract<Data> {
  return { type: 'event', owner, subject: `evt.${owner}.${nounPast}.v${version}`, ...options };
}

export interface LiveContract<Data extends z.ZodType = z.ZodType> {
  readonly type: 'live';
  readonly owner: Owner;
  readonly subject: string;
  readonly doc: string;
  readonly data: Data;
}

/**
 * Declares a hint: subject `live.<owner>.<what>` on core NATS, to whoever listens at that moment. It makes something quicker and
 * may get lost, so whoever needs what it tells has another way to learn it, and taking it twice does no harm.
 */
export function live<Data extends z.ZodType>(owner: Owner, what: string, options: { doc: string; data: Data }): LiveContract<Data> {
  return { type: 'live', owner, subject: `live.${owner}.${what}`, ...options };
}

export type RequestOf<C extends RpcContract> = z.output<C['request']>;
export type RequestInputOf<C extends RpcContract> = z.input<C['request']>;
export type ReplyOf<C extends RpcContract> = z.output<C['reply']>;
export type ReplyInputOf<C extends RpcContract> = z.input<C['reply']>;
export type DataOf<C extends EventContract> = z.output<C['data']>;
export type DataInputOf<C extends EventContract> = z.input<C['data']>;

/** The stream that carries an owner's events. */
export const streamOf = (owner: Owner): string => `EVT_${owner.toUpperCase()}`;

/** The subject on which the copies of a service tell the one of them that relays that their ledger has something to send. */
export const pokeOf = (service: string): string => `live.${service}.outbox`;

/** The subject on which whoever misses messages that an owner's stream no longer has tells the owner. */
export const refillOf = (owner: Owner): string => `live.${owner}.refill`;

/**
 * Hints of the event buses to each other, on core NATS and lost on whoever is away. No `LiveContract`s, which every service may
 * hear: these are for the connections that events come by, and for whom they concern only.
 */
export interface Whisper {
  readonly subjectOf: (owner: Owner) => string;
  readonly doc: string;
  /** Who tells it and who hears it. */
  readonly from: string;
  readonly to: string;
  /** What the message holds: text, no JSON. */
  readonly payload: string;
}

export const whispers: readonly Whisper[] = [
  {
    subjectOf: pokeOf,
    doc: 'The ledger of that service has something to send. Its relay looks every second without it, too.',
    from: 'the service, where another copy of it relays',
    to: 'the service',
    payload: 'nothing',
  },
  {
    subjectOf: refillOf,
    doc: 'Messages are missed that the stream of that service no longer has: its relay makes it anew from the ledger. Told again until they are there.',
    from: 'whoever consumes its events',
    to: 'the service',
    payload: 'the `created` of the stream that lacks them, as its info says',
  },
];

/**
 * A fact on the wire: CloudEvents 1.0, JSON, structured mode. `type` is the subject; `sequence` counts the events of one
 * aggregate (`subject`) from 1 without gaps; `id` is a UUIDv7 and the `Nats-Msg-Id`.
 */
export const CloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  orgid: z.string(),
  sequence: z.int().positive(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});
export type CloudEvent = z.infer<typeof CloudEvent>;
