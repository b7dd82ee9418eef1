import { MAX_ACCESS_TTL } from '@parley/dto';
import { newSigningKey, publicHalf, type SigningKey } from '@parley/jwt';
import { type Database, type KeyNote, KeyRing, type Sealer } from '@parley/persistence';
import type { Actor } from '@parley/jwt';
import type { Act } from '@parley/dto';
import { bySystem, recordAct } from '../audit/record-act.js';

/** A key that signs no more verifies until its last token is over, and a little longer. Seconds. */
const KEPT_AFTER = MAX_ACCESS_TTL + 300;

/** Tells the audit log who changed the signing keys. */
export const noteOf =
  (who: Actor | Act['who']): KeyNote =>
  (tx, { did, kid }) =>
    recordAct(tx, who, { act: `signing-key.${did}`, target: { kind: 'signing-key', id: kid } });

/** The ES256 keys that sign access tokens. */
export const accessKeys = (db: Database, sealer: Sealer, rotationDays: number): KeyRing<SigningKey> =>
  new KeyRing(db, sealer, { newKey: newSigningKey, publicHalf, rotationDays, keptAfter: KEPT_AFTER, note: noteOf(bySystem('schedule')) });
