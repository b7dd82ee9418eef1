import { z } from 'zod';
import { ofAdmin } from './admin.contract.js';
import { PublicJwk } from './auth.contract.js';
import { rpc } from './contract.js';

/** `compromised`: somebody else may know the present key; it ends at once, and its tokens with it. */
export const KeyRotationWish = z.object({ compromised: z.boolean().default(false) }).default({ compromised: false });
export type KeyRotationWish = z.output<typeof KeyRotationWish>;

/** The key that takes over, and from when on it signs, in epoch seconds. */
export const KeyRotationDto = z.object({ kid: z.string(), signsFrom: z.int() });
export type KeyRotationDto = z.output<typeof KeyRotationDto>;

export const rotateAccessKeys = rpc('auth', 'rotate-access-keys', {
  ...ofAdmin,
  doc: 'Begins to replace the key that signs access tokens. For the operator only. Asked again it answers the same.',
  idempotent: true,
  request: KeyRotationWish,
  reply: KeyRotationDto,
});

export const rotateEntryKeys = rpc('session', 'rotate-entry-keys', {
  ...ofAdmin,
  doc: 'Begins to replace the key that signs entry tokens. For the operator only. Asked again it answers the same.',
  idempotent: true,
  request: KeyRotationWish,
  reply: KeyRotationDto,
});

export const getEntryKeys = rpc('session', 'get-entry-keys', {
  doc: 'The public keys that verify entry tokens, for whoever lets people in by them: a media plane.',
  access: 'none',
  callers: ['gateway'],
  request: z.object({}),
  reply: z.object({ issuer: z.string(), keys: z.array(PublicJwk) }),
});
