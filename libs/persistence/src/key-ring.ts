import type { PublicJwk } from '@parley/dto';
import type { Database } from './database.js';
import { type KeyAge, KeyRingTable, type KeyState } from './key-ring.table.js';
import type { Sealer } from './sealer.js';
import type { Tx } from './transaction.js';

/** Whoever changes which key is in which state holds it. */
const LOCK = '0 signing keys';

/** What became of a key. */
export interface KeyChange {
  did: 'published' | 'activated' | 'retired' | 'removed';
  kid: string;
}

/** Told of every change, in its transaction. */
export type KeyNote = (tx: Tx, change: KeyChange) => void;

export interface KeyRingOptions<Key extends { kid: string }> {
  newKey: () => Promise<Key>;
  publicHalf: (key: Key) => PublicJwk;
  /** So often the signing key changes by itself; 0: never. */
  rotationDays: number;
  /** A key that signs no more verifies for so long: longer than its last token lives. Seconds. */
  keptAfter: number;
  /** Of what is done by schedule. */
  note: KeyNote;
}

/** It is what a request that takes effect once keeps, and so JSON. */
export interface Rotation {
  /** The key that takes over. */
  kid: string;
  /** Epoch seconds. */
  signsFrom: number;
}

/** Which keys there are, in which state: another text as soon as anything of it changes. */
const versionOf = (keys: readonly { kid: string; state: KeyState }[]): string => keys.map(({ kid, state }) => `${state} ${kid}`).sort().join(', ');

/**
 * The signing keys of a service, in its table `signing_key`, private halves sealed. A key's life: published as `next`, then `active`,
 * then `retired`, then gone. No token that still lives loses its key on that way, and every copy of the service has the same keys.
 */
export class KeyRing<Key extends { kid: string }> {
  private readonly table: KeyRingTable;

  constructor(
    private readonly db: Database,
    sealer: Sealer,
    private readonly options: KeyRingOptions<Key>,
  ) {
    this.table = new KeyRingTable(sealer, options.keptAfter, options.rotationDays);
  }

  /** The private keys, the signing one first. The very first call ever makes it; of several at once, one does. */
  async loadWithVersion(): Promise<{ keys: Key[]; version: string }> {
    const rows = await this.db.write([LOCK], async (tx) => {
      const known = await this.table.list(tx);
      if (known.some(({ state }) => state === 'active')) return known;
      await this.create(tx, 'active', () => undefined); // the first of all: nothing was changed
      return this.table.list(tx);
    });
    return { keys: rows.map((row) => JSON.parse(this.table.open(row)) as Key), version: versionOf(rows) };
  }

  async published(): Promise<PublicJwk[]> {
    const rows = await this.db.read((tx) => this.table.list(tx));
    return rows.map(({ publicJwk }) => publicJwk);
  }

  /** Begins to replace the signing key. A rotation that has begun already is the answer, so it may be asked for again. */
  begin(note: KeyNote): Promise<Rotation> {
    return this.db.write([LOCK], async (tx) => {
      const kid = await this.ensureNext(tx, await this.table.ages(tx), note);
      return { kid, signsFrom: await this.table.signsFrom(tx, kid) };
    });
  }

  /**
   * For a key that others may know: the next one signs at once, and the present one is gone. Its tokens are refused from then on,
   * everywhere within a minute. New ones may be too, by whoever keeps published keys and doesn't look again.
   */
  replace(note: KeyNote): Promise<Rotation> {
    return this.db.write([LOCK], async (tx) => {
      const ages = await this.table.ages(tx);
      const kid = await this.ensureNext(tx, ages, note);
      for (const { kid: old } of ages.filter(({ state }) => state !== 'next')) await this.remove(tx, old, note);
      await this.move(tx, { did: 'activated', kid }, note);
      return { kid, signsFrom: await this.table.signsFrom(tx, kid) };
    });
  }

  /** Does what is due, and answers the version of the keys then. On every copy: whoever comes first does it. */
  async advance(): Promise<string> {
    const ages = await this.table.ages(this.db);
    if (!isAnythingDue(ages)) return versionOf(ages);
    return this.db.write([LOCK], async (tx) => {
      await this.step(tx, await this.table.ages(tx), this.options.note);
      return versionOf(await this.table.ages(tx));
    });
  }

  /** The old one first: one signs at a time. */
  private async step(tx: Tx, ages: readonly KeyAge[], note: KeyNote): Promise<void> {
    for (const { kid } of ages.filter(({ state, due }) => state === 'retired' && due)) await this.remove(tx, kid, note);
    const next = ages.find(({ state }) => state === 'next');
    const active = ages.find(({ state }) => state === 'active');
    if (next?.due) {
      if (active) await this.move(tx, { did: 'retired', kid: active.kid }, note);
      await this.move(tx, { did: 'activated', kid: next.kid }, note);
    }
    if (!next && active?.due) await this.create(tx, 'next', note);
  }

  private async ensureNext(tx: Tx, ages: readonly KeyAge[], note: KeyNote): Promise<string> {
    return ages.find(({ state }) => state === 'next')?.kid ?? (await this.create(tx, 'next', note));
  }

  private async move(tx: Tx, change: KeyChange & { did: 'activated' | 'retired' }, note: KeyNote): Promise<void> {
    await this.table.setState(tx, change.kid, change.did === 'activated' ? 'active' : 'retired');
    note(tx, change);
  }

  private async remove(tx: Tx, kid: string, note: KeyNote): Promise<void> {
    await this.table.remove(tx, kid);
    note(tx, { did: 'removed', kid });
  }

  private async create(tx: Tx, state: 'next' | 'active', note: KeyNote): Promise<string> {
    const key = await this.options.newKey();
    await this.table.insert(tx, { kid: key.kid, state, publicJwk: this.options.publicHalf(key) }, JSON.stringify(key));
    note(tx, { did: state === 'active' ? 'activated' : 'published', kid: key.kid });
    return key.kid;
  }
}

/** An active key that is due waits for the next one. */
const isAnythingDue = (ages: readonly KeyAge[]): boolean => {
  const hasNext = ages.some(({ state }) => state === 'next');
  return ages.some(({ state, due }) => due && !(state === 'active' && hasNext));
};
