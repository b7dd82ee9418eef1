import { z } from 'zod';
import { event, rpc } from './contract.js';

/** How many calls at most. */
const Bound = z.int().min(0).nullable();

/**
 * What was set for everyone, an org, a client or a user about calls (click-to-call.md, The limit). `version` counts the changes of this
 * rule: a higher one is newer. Null: the next wider rule holds.
 */
export const CallRule = z.object({
  kind: z.enum(['everyone', 'org', 'client', 'user']),
  /** The id of what it is about; `all` for everyone. */
  key: z.string(),
  version: z.int().min(0),
  /** Calls that a user may have at a time. */
  callsPerUser: Bound,
  /** Calls of everybody in the org at a time; never of a client or a user. */
  ongoingCalls: Bound,
  /** Of a user; it never changes. */
  username: z.string().nullable(),
});
export type CallRule = z.output<typeof CallRule>;

export const callRuleChanged = event('auth', 'call-rule-changed', 1, {
  doc: 'A limit for calls was changed: this is the whole rule as it is from now on.',
  data: CallRule,
  examples: [{ kind: 'user', key: '0192f3a1-0000-7000-8000-000000000001', version: 3, callsPerUser: 5, ongoingCalls: null, username: 'ada' }],
});

export const findCallRules = rpc('auth', 'find-call-rules', {
  doc: 'The rules for calls of one user through one client, with `user` as an id or a username, and whether the user is logged in. Without such a user: null.',
  access: 'service',
  callers: ['call'],
  request: z.object({ orgId: z.string(), clientId: z.string().nullable(), user: z.string().max(256) }),
  reply: z.object({ userId: z.string(), loggedIn: z.boolean(), rules: z.array(CallRule) }).nullable(),
});

export const confirmAdministrator = rpc('auth', 'confirm-administrator', {
  doc: 'Whether a client administers its org at this moment, whatever its token says.',
  access: 'service',
  callers: ['call'],
  request: z.object({ orgId: z.string(), clientId: z.string() }),
  reply: z.object({ confirmed: z.boolean() }),
});

export const readTokenCarriage = rpc('auth', 'read-token-carriage', {
  doc: 'Whether a client may send its tokens in query strings and forms (its switch `queryToken`).',
  access: 'none',
  callers: ['gateway'],
  request: z.object({ clientId: z.string().max(256) }),
  reply: z.object({ queryToken: z.boolean() }),
});
