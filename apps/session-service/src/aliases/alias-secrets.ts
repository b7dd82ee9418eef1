import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AliasChange } from '@parley/dto';

/** What is sealed of an alias. */
export interface AliasSecrets {
  passcode: string | null;
  jwtSecret: string | null;
  streamKey: string | null;
}

export const noSecrets: AliasSecrets = { passcode: null, jwtSecret: null, streamKey: null };

/** 192 random bits, in letters that every streaming program takes. */
const newStreamKey = (): string => `sk_${randomBytes(24).toString('base64url')}`;

/** What is not named stays, null clears; a stream key of `true` is a new one. */
export const changedSecrets = (before: AliasSecrets, { passcode, jwtSecret, streamKey }: Pick<AliasChange, keyof AliasSecrets>): AliasSecrets => ({
  passcode: passcode === undefined ? before.passcode : passcode,
  jwtSecret: jwtSecret === undefined ? before.jwtSecret : jwtSecret,
  streamKey: streamKey === undefined ? before.streamKey : streamKey === true ? newStreamKey() : streamKey,
});

export const hasSecrets = (secrets: AliasSecrets): boolean => Object.values(secrets).some((secret) => secret !== null);

/** In a time that says nothing of how much was right. */
export const isSame = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
