import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256: enough for a secret of 256 random bits, which nobody finds by trying. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Whether that is the digest of what was given, in a time that says nothing of how much was right. */
export const hasDigest = (given: string, digest: Buffer): boolean => timingSafeEqual(digestOf(given), digest);
