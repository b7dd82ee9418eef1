import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { EntryRow } from '../entries/entry.entity.js';
import { LeasesRepository } from './leases.repository.js';

/** For so long heartbeats are collected into one statement. Milliseconds. */
const COLLECT_MS = 50;

interface Waiter {
  resolve: (entry: EntryRow | undefined) => void;
  reject: (reason: unknown) => void;
}

/** Heartbeats of all entries of this process, many in one UPDATE. */
@Injectable()
export class Heartbeats {
  private waiting = new Map<string, Waiter[]>();
  /** Bound to no request: the one that began the batch must not lend it its deadline. */
  private readonly send = AsyncResource.bind(() => void this.flush());

  constructor(
    private readonly db: Database,
    private readonly leases: LeasesRepository,
  ) {}

  /** @returns the entry with its new lease; undefined if it had no live one */
  beat(entryId: string): Promise<EntryRow | undefined> {
    if (this.waiting.size === 0) setTimeout(this.send, COLLECT_MS);
    return new Promise((resolve, reject) => {
      const waiters = this.waiting.get(entryId) ?? [];
      this.waiting.set(entryId, [...waiters, { resolve, reject }]);
    });
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = new Map();
    try {
      const entries = new Map((await this.leases.beat(this.db, [...batch.keys()])).map((entry) => [entry.id, entry]));
      for (const [id, waiters] of batch) waiters.forEach(({ resolve }) => resolve(entries.get(id)));
    } catch (error) {
      for (const waiters of batch.values()) waiters.forEach(({ reject }) => reject(error));
    }
  }
}
