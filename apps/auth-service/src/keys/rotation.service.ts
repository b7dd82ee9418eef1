import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@parley/persistence';
import { Settings } from '../settings.module.js';
import { type KeyAge, SigningKeysRepository } from './signing-keys.repository.js';
import { KEYS_LOCK, SigningKeysService, versionOf } from './signing-keys.service.js';

export interface Rotation {
  /** The key that takes over. */
  kid: string;
  signsFrom: Date;
}

/** A signing key's life: published as `next`, then `active`, then `retired`, then gone. No token that still lives loses its key on that way. */
@Injectable()
export class RotationService {
  constructor(
    private readonly db: Database,
    private readonly keys: SigningKeysService,
    private readonly repository: SigningKeysRepository,
    private readonly settings: Settings,
  ) {}

  /** Begins to replace the signing key. A rotation that has begun already is the answer, so it may be asked for again. */
  begin(): Promise<Rotation> {
    return this.db.write([KEYS_LOCK], async (tx) => {
      const kid = await this.ensureNext(tx, await this.ages(tx));
      return { kid, signsFrom: await this.repository.signsFrom(tx, kid) };
    });
  }

  /**
   * For a key that others may know: the next one signs at once, and the present one is gone. Its tokens are refused from then on,
   * everywhere within a minute. New ones may be too, by whoever keeps published keys and doesn't look again.
   */
  replace(): Promise<Rotation> {
    return this.db.write([KEYS_LOCK], async (tx) => {
      const ages = await this.ages(tx);
      const kid = await this.ensureNext(tx, ages);
      for (const { kid: old } of ages.filter(({ state }) => state !== 'next')) await this.repository.remove(tx, old);
      await this.repository.setState(tx, kid, 'active');
      return { kid, signsFrom: await this.repository.signsFrom(tx, kid) };
    });
  }

  /** Does what is due, and answers the version of the keys then. */
  async advance(): Promise<string> {
    const ages = await this.ages(this.db);
    if (!isAnythingDue(ages)) return versionOf(ages);
    return this.db.write([KEYS_LOCK], async (tx) => {
      await this.step(tx, await this.ages(tx));
      return versionOf(await this.ages(tx));
    });
  }

  /** The old one first: one signs at a time. */
  private async step(tx: Tx, ages: readonly KeyAge[]): Promise<void> {
    for (const { kid } of ages.filter(({ state, due }) => state === 'retired' && due)) await this.repository.remove(tx, kid);
    const next = ages.find(({ state }) => state === 'next');
    const active = ages.find(({ state }) => state === 'active');
    if (next?.due) {
      if (active) await this.repository.setState(tx, active.kid, 'retired');
      await this.repository.setState(tx, next.kid, 'active');
    }
    if (!next && active?.due) await this.keys.create(tx, 'next');
  }

  private async ensureNext(tx: Tx, ages: readonly KeyAge[]): Promise<string> {
    return ages.find(({ state }) => state === 'next')?.kid ?? (await this.keys.create(tx, 'next'));
  }

  private ages(db: Pick<Tx, 'query'>): Promise<KeyAge[]> {
    return this.repository.ages(db, this.settings.rotationDays);
  }
}

/** An active key that is due waits for the next one. */
const isAnythingDue = (ages: readonly KeyAge[]): boolean => {
  const hasNext = ages.some(({ state }) => state === 'next');
  return ages.some(({ state, due }) => due && !(state === 'active' && hasNext));
};
