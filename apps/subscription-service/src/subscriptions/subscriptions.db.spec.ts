import { jest } from '@jest/globals';
import { type AppError, closeSubscription, type DataOf, type ReplyOf, type RequestInputOf, type RpcContract, type subscriptionRemoved, unavailable } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, runMigrations } from '@parley/persistence';
import type { RpcClient } from '@parley/rpc';
import { eventually, notYet, testDatabase, type TestDatabase } from '@parley/testing';
import { migrations, schema } from '../migrations/migrations.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import { SubscriptionsService } from './subscriptions.service.js';

jest.setTimeout(60_000); // each test makes a database, which takes its time on a busy machine

const of = (orgId: string): Actor => ({ kind: 'access', orgId, clientId: 'key', subject: 'key', scopes: [] });
const org = of('org-1');
const grey = { ref: 'dr-grey', name: 'Dr Grey', email: 'grey@example.test' };
const firstPage = { page: 0, count: 200 };

/** Stands for session-service, which is another process. */
class Doors {
  readonly asked: RequestInputOf<typeof closeSubscription>[] = [];
  down = false;
  readonly client = { call: (contract: RpcContract, data: never) => this.close(contract, data) } as unknown as RpcClient;

  private close(contract: RpcContract, data: RequestInputOf<typeof closeSubscription>): Promise<ReplyOf<typeof closeSubscription>> {
    expect(contract).toBe(closeSubscription);
    this.asked.push(data);
    return this.down ? Promise.reject(unavailable('The session service')) : Promise.resolve({});
  }
}

interface Told {
  subject: string;
  aggregate: string;
  sequence: number;
  org_id: string;
  data: Record<string, unknown>;
}

describe('subscriptions', () => {
  let database: TestDatabase;
  let instances: Database[];
  let doors: Doors;
  let subscriptions: SubscriptionsService;
  let other: SubscriptionsService;

  beforeEach(async () => {
    database = await testDatabase('subscription');
    await runMigrations({ url: database.url, schema, migrations });
    instances = await Promise.all([1, 2].map(() => Database.connect({ url: database.url, schema, entities: [], migrations })));
    doors = new Doors();
    [subscriptions, other] = instances.map((db) => new SubscriptionsService(db, new SubscriptionsRepository(), doors.client)) as [SubscriptionsService, SubscriptionsService];
  });

  afterEach(async () => {
    await Promise.all(instances.map((db) => db.close()));
    await database.drop();
  });

  const ledger = async (): Promise<Told[]> => {
    const rows = await instances[0]!.query<Omit<Told, 'data'> & { envelope: string }>('select subject, aggregate, sequence, org_id, envelope from outbox order by id');
    return rows.map(({ envelope, ...row }) => ({ ...row, data: (JSON.parse(envelope) as { data: Record<string, unknown> }).data }));
  };

  it('of 200 simultaneous ones with one ref, on two instances, one is created and 199 are told that the ref is taken', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => (i % 2 ? subscriptions : other).create(org, grey)));

    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as AppError).code] : []));
    expect(refusals).toEqual(Array.from({ length: 199 }, () => 'subscription.ref_taken'));
    expect(await ledger()).toHaveLength(1);
  });

  it('are told as events, one sequence each', async () => {
    const { subscriptionId, started } = await subscriptions.create(org, grey);
    const { ended } = await subscriptions.remove(org, { subscriptionId, endSessions: true });

    const of = { aggregate: `subscription/${subscriptionId}`, org_id: 'org-1' };
    expect(await ledger()).toEqual([
      { ...of, sequence: 1, subject: 'evt.subscription.subscription-created.v1', data: { subscriptionId, ref: 'dr-grey', name: 'Dr Grey', startedAt: started, version: 1 } },
      { ...of, sequence: 2, subject: 'evt.subscription.subscription-removed.v1', data: { subscriptionId, ref: 'dr-grey', endedAt: ended, endSessions: true, version: 2 } },
    ]);
  });

  it('are active from creation to removal', async () => {
    const created = await subscriptions.create(org, grey);
    const removed = await subscriptions.remove(org, { subscriptionId: created.subscriptionId, endSessions: false });

    expect(created).toMatchObject({ ...grey, orgId: 'org-1', active: true, ended: null, version: 1 });
    expect(removed).toEqual({ ...created, active: false, ended: expect.any(String), version: 2 });
    expect(await subscriptions.get(org, created.subscriptionId)).toEqual(removed);
  });

  it('are found by ref while they are active', async () => {
    const created = await subscriptions.create(org, grey);
    expect(await subscriptions.findActive('org-1', 'dr-grey')).toEqual(created);

    await subscriptions.remove(org, { subscriptionId: created.subscriptionId, endSessions: false });
    expect(await subscriptions.findActive('org-1', 'dr-grey')).toBeNull();
  });

  it('a removed ref may be used again and gets a new id', async () => {
    const first = await subscriptions.create(org, grey);
    await subscriptions.remove(org, { subscriptionId: first.subscriptionId, endSessions: false });

    const second = await subscriptions.create(org, grey);

    expect(second.subscriptionId).not.toBe(first.subscriptionId);
    expect((await subscriptions.list(org, firstPage)).items.map(({ subscriptionId, active }) => ({ subscriptionId, active }))).toEqual([
      { subscriptionId: first.subscriptionId, active: false },
      { subscriptionId: second.subscriptionId, active: true },
    ]);
  });

  it('end once, however many remove them at the same time', async () => {
    const { subscriptionId } = await subscriptions.create(org, grey);

    const removals = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? subscriptions : other).remove(org, { subscriptionId, endSessions: false })));

    expect(new Set(removals.map(({ ended }) => ended)).size).toBe(1);
    expect((await ledger()).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it('stay removed when the door could not be shut, and a second removal shuts it and answers the same end', async () => {
    const { subscriptionId } = await subscriptions.create(org, grey);
    doors.down = true;
    await expect(subscriptions.remove(org, { subscriptionId, endSessions: false })).rejects.toMatchObject({ kind: 'unavailable' });
    const { ended } = await subscriptions.get(org, subscriptionId);
    doors.down = false;

    const removed = await other.remove(org, { subscriptionId, endSessions: false });

    expect(removed).toMatchObject({ active: false, ended });
    const asked = { orgId: 'org-1', subscriptionId, ref: 'dr-grey', version: 2, endSessions: false };
    expect(doors.asked).toEqual([asked, asked]);
    expect(await ledger()).toHaveLength(2);
  });

  it('keep telling to end sessions if the first removal said so and its request got lost', async () => {
    const { subscriptionId } = await subscriptions.create(org, grey);
    doors.down = true;
    await subscriptions.remove(org, { subscriptionId, endSessions: true }).catch(() => undefined);

    expect((await ledger())[1]!.data as DataOf<typeof subscriptionRemoved>).toMatchObject({ endSessions: true });
  });

  it('of another org are neither seen nor removed, and their refs are free', async () => {
    const stranger = of('org-2');
    const { subscriptionId } = await subscriptions.create(org, grey);
    const notFound = { kind: 'not_found', code: 'subscription.not_found' };

    await expect(subscriptions.get(stranger, subscriptionId)).rejects.toMatchObject(notFound);
    await expect(subscriptions.remove(stranger, { subscriptionId, endSessions: false })).rejects.toMatchObject(notFound);
    expect((await subscriptions.list(stranger, firstPage)).items).toEqual([]);
    expect(await subscriptions.findActive('org-2', 'dr-grey')).toBeNull();
    await expect(subscriptions.create(stranger, grey)).resolves.toMatchObject({ orgId: 'org-2', active: true });
    expect(doors.asked).toEqual([]);
  });

  it('are not found by what cannot be an id', async () => {
    for (const id of ['', 'nothing', '0192f3a1-0000-7000-8000-000000000001', "'; drop table subscription; --", '\u0000']) {
      await expect(subscriptions.get(org, id)).rejects.toMatchObject({ code: 'subscription.not_found' });
    }
  });

  it('are listed in the order of creation, each once, while more come', async () => {
    const refs = Array.from({ length: 25 }, (_, i) => `ref-${i}`);
    for (const ref of refs) await subscriptions.create(org, { ...grey, ref });
    const seen: string[] = [];
    let page: { page: number; cursor?: string | undefined } | undefined = { page: 0 };
    while (page) {
      const answer = await other.list(org, { ...page, count: 10 });
      seen.push(...answer.items.map(({ ref }) => ref));
      if (seen.length === 10) await subscriptions.create(org, { ...grey, ref: 'late' });
      page = answer.next;
    }
    expect(seen).toEqual([...refs, 'late']);
  });

  it('come into the list in the order of their positions, so that a walker misses none that commits late', async () => {
    await slowDown('slow');
    const slow = subscriptions.create(org, { ...grey, ref: 'slow' });
    await eventually(async () => ((await sleepers()) === 1 ? true : notYet('nobody has drawn a position yet')));

    await other.create(org, { ...grey, ref: 'fast' });

    expect((await other.list(org, firstPage)).items.map(({ ref }) => ref)).toEqual(['slow', 'fast']);
    await slow;
  });

  /** An insert of this ref goes on for half a second after its position is drawn. */
  async function slowDown(ref: string): Promise<void> {
    await instances[0]!.query(`create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return new; end'`);
    await instances[0]!.query(`create trigger slow after insert on subscription for each row when (new.ref = '${ref}') execute function slow()`);
  }

  async function sleepers(): Promise<number> {
    return (await instances[1]!.query(`select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`)).length;
  }
});
