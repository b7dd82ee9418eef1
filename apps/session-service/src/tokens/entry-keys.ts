import { type Act, sessionActRecorded } from '@parley/dto';
import { bySystem, recorderOf } from '@parley/event-bus';
import { type Actor, newSigningKey, publicHalf, type SigningKey } from '@parley/jwt';
import { type Database, type KeyNote, KeyRing, type SealedTable, type Sealer } from '@parley/persistence';

const recordAct = recorderOf(sessionActRecorded);

/** Tells the audit log who changed the keys. */
export const noteOf =
  (who: Actor | Act['who']): KeyNote =>
  (tx, { did, kid }) =>
    recordAct(tx, who, { act: `entry-key.${did}`, target: { kind: 'entry-key', id: kid } });

/** A key that signs no more verifies for 400 days: invitations are sent long before their session. Entry tokens live a day. Seconds. */
const KEPT_AFTER = 400 * 86_400;

/** The ES256 keys that sign entry tokens and the links of participants. */
export const entryKeys = (db: Database, sealer: Sealer, rotationDays: number): KeyRing<SigningKey> =>
  new KeyRing(db, sealer, { newKey: newSigningKey, publicHalf, rotationDays, keptAfter: KEPT_AFTER, note: noteOf(bySystem('schedule')) });

/** Every place where session-service keeps something sealed, with the context that it was sealed in. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'signing_key', row: 't.kid', org: `''` },
  { table: 'alias', row: 't.uid', org: 't.org_id' },
];
