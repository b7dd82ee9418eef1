import { z } from 'zod';
import { listOf, ListPage, ofAdmin, OrgId } from './admin.contract.js';
import { Instant } from './common.contract.js';
import { event, rpc } from './contract.js';

/** Who did something: the operator, a client for itself, or a user by way of a client. */
export const Doer = z.object({ kind: z.enum(['operator', 'client', 'user', 'system']), id: z.string() });
/** What it was done to. */
const Target = z.object({ kind: z.string(), id: z.string() });
/** One security-relevant act. `from`: the caller's address. `details`: what changed, never a secret. */
export const Act = z.object({
  act: z.string().regex(/^[a-z-]+\.[a-z-]+$/),
  at: Instant,
  who: Doer,
  from: z.string().nullable(),
  requestId: z.string().nullable(),
  target: Target,
  details: z.record(z.string(), z.unknown()),
});
export type Act = z.output<typeof Act>;
/** An act as the bus carries it. */
const RecordedAct = Act.extend({ audit: z.literal(true) });

/** In the place of the org of an act that is about none. */
export const SYSTEM_ORG = 'system';

/** Something that an audit must be able to find was done. */
export const actRecorded = event('auth', 'act-recorded', 1, {
  doc: 'A security-relevant act was done; its org is in the envelope. One consumer enters it in the audit log.',
  data: RecordedAct,
  examples: [
    {
      audit: true,
      act: 'client.disabled',
      at: '2026-11-01T09:00:00.000Z',
      who: { kind: 'operator', id: 'operator' },
      from: '192.0.2.7',
      requestId: 'Qm9uam91cg',
      target: { kind: 'client', id: '3f8c1d0e-6f0c-4a7e-9d51-0d2f7f7e9a10' },
      details: { active: false },
    },
  ],
});

/** The same, of what session-service does. */
export const sessionActRecorded = event('session', 'act-recorded', 1, {
  doc: 'A security-relevant act was done in session-service, which auth-service enters in the audit log.',
  data: RecordedAct,
  examples: [
    {
      audit: true,
      act: 'entry-key.activated',
      at: '2026-11-01T09:00:00.000Z',
      who: { kind: 'system', id: 'schedule' },
      from: null,
      requestId: null,
      target: { kind: 'entry-key', id: 'sWvNw8Gx1Cvj1wVpmwWo7D0ixG4iGKtRe0Nnb2QgGT4' },
      details: {},
    },
  ],
});

/** The same, of what call-service does. */
export const callActRecorded = event('call', 'act-recorded', 1, {
  doc: 'A security-relevant act was done in call-service, which auth-service enters in the audit log.',
  data: RecordedAct,
  examples: [
    {
      audit: true,
      act: 'call.ended',
      at: '2026-11-01T09:00:00.000Z',
      who: { kind: 'operator', id: 'operator' },
      from: '192.0.2.7',
      requestId: 'Qm9uam91cg',
      target: { kind: 'call', id: '0192f3a1-0000-7000-8000-000000000003' },
      details: { username: 'ada' },
    },
  ],
});

/** An act in its place in the chain of its org: `hash` is SHA-256 of `previousHash` and the entry in canonical JSON. */
export const AuditEntryDto = Act.extend({ org: z.string(), number: z.int().positive(), previousHash: z.string(), hash: z.string() });
export type AuditEntryDto = z.output<typeof AuditEntryDto>;

export const listAuditEntries = rpc('auth', 'list-audit-entries', {
  ...ofAdmin,
  doc: 'The audit log of an org, the oldest first; the operator may leave the org out and gets all.',
  request: OrgId.partial().extend(ListPage.shape),
  reply: listOf(AuditEntryDto),
});

/** Entries that are verified at a time; the caller comes back for the rest. */
export const AUDIT_VERIFY_STEP = 5_000;
export const verifyAuditChain = rpc('auth', 'verify-audit-chain', {
  ...ofAdmin,
  doc: 'Verifies the chain of an org behind entry `after`, some thousand entries at a time. `fault` is the first entry that was changed, moved or removed.',
  request: OrgId.extend({ after: z.int().min(0).default(0) }),
  reply: z.object({
    org: z.string(),
    intact: z.boolean(),
    /** How many were verified now. */
    entries: z.int(),
    fault: z.object({ number: z.int(), reason: z.string() }).nullable(),
    /** Where to go on; null at the end of the chain. */
    next: z.int().nullable(),
  }),
});
export type AuditVerdict = z.output<(typeof verifyAuditChain)['reply']>;
