/**
 * The test builds: what is put into the sources of libs/ before they are compiled into dist/test-builds/<name>. Each text to find must
 * be there exactly once, or the build fails: a place that has moved is noticed. Production's dist is never touched.
 */
export interface Patch {
  file: string;
  find: string;
  put: string;
}

const relay = 'libs/event-bus/src/relay.ts';
const stream = 'libs/event-bus/src/stream.ts';
const ledger = 'libs/event-bus/src/ledger.ts';
const holes = 'libs/event-bus/src/holes.ts';
const consumer = 'libs/event-bus/src/consumer.ts';
const durable = 'libs/event-bus/src/durable.ts';
const inbox = 'libs/event-bus/src/inbox.ts';
const leadership = 'libs/event-bus/src/leadership.ts';
const bus = 'libs/event-bus/src/event-bus.ts';
const database = 'libs/persistence/src/database.ts';

const patch = (file: string, find: string, put: string): Patch => ({ file, find, put });

/** Places between two writes where a process can be killed, and where it can be made slow. */
const probes: Patch[] = [
  patch(bus, 'if (!term) return;', "if (!term) return;\n    crashPoint('leader: term taken, work not begun');"),
  patch(
    relay,
    'await relay.reconcile();\n    return relay;',
    "crashPoint('relay: term claimed, stream not compared');\n    await relay.reconcile();\n    return relay;",
  ),
  patch(
    relay,
    'const { count, failure } = await this.send(rows);',
    "if (rows.length > 0) crashPoint('relay: rows read, nothing published');\n    const { count, failure } = await this.send(rows);\n    if (rows.length > 0) crashPoint('relay: published, not saved');",
  ),
  patch(relay, 'const progress = advance(before, sight, bound);', "if (bound > 0n) crashPoint('relay: holes bounded, not saved');\n    const progress = advance(before, sight, bound);"),
  patch(relay, 'await this.save({ ...this.state, progress });', "await this.save({ ...this.state, progress });\n    crashPoint('relay: saved');"),
  patch(
    relay,
    'await this.stream.remove(mark.created);',
    "await this.stream.remove(mark.created);\n      crashPoint('relay: stream removed, not made again');",
  ),
  patch(
    relay,
    'await this.stream.remove(stream.created);',
    "crashPoint('relay: floor removed, stream not');\n    await this.stream.remove(stream.created);\n    crashPoint('relay: stream that lacks messages removed, not made again');",
  ),
  patch(
    relay,
    'await this.save({ progress: { high: behind, holes: [] }, stream });',
    "crashPoint('relay: stream made, not saved');\n    await this.save({ progress: { high: behind, holes: [] }, stream });\n    crashPoint('relay: new stream saved, not filled');",
  ),
  patch(
    stream,
    'const acks = await Promise.allSettled(',
    "if (rows.length > 1 && isArmed('relay: part of a batch published')) {\n      await this.publish(rows[0], lastSeq).catch(() => undefined);\n      crashPoint('relay: part of a batch published');\n    }\n    const acks = await Promise.allSettled(",
  ),
  patch(consumer, 'await this.process(arrived.flatMap(', "crashPoint('consumer: messages taken, nothing written');\n    await this.process(arrived.flatMap("),
  patch(consumer, 'arrived.flatMap((arrival) => this.read(arrival))', "inAnotherOrder(this, 'another order', arrived.flatMap((arrival) => this.read(arrival)))"),
  patch(
    consumer,
    'last.ack();',
    "crashPoint('consumer: committed, nothing acknowledged');\n    if (arrived.length > 1 && isArmed('consumer: part acknowledged')) {\n      await arrived[0].message.ackAck();\n      crashPoint('consumer: part acknowledged');\n    }\n    last.ack();\n    crashPoint('consumer: acknowledged');",
  ),
  patch(
    consumer,
    'for (const { event } of taken.due) await this.parts.handlers.run(event, tx);',
    "if (taken.due.length > 0) crashPoint('consumer: inbox written, effects not');\n      for (const { event } of taken.due) await this.parts.handlers.run(event, tx);\n      if (taken.due.length > 0) crashPoint('consumer: effects written, not committed');",
  ),
  patch(
    consumer,
    'await this.inbox.park(this.term, told, verdict);',
    "crashPoint('consumer: failed, not parked');\n    await this.inbox.park(this.term, told, verdict);\n    crashPoint('consumer: parked, not acknowledged');",
  ),
  patch(
    consumer,
    'if (await this.inbox.finish(tx, this.term, parked.event_id)) await this.parts.handlers.run(event, tx);',
    "if (await this.inbox.finish(tx, this.term, parked.event_id)) {\n          crashPoint('consumer: parked one finished, effect not');\n          await this.parts.handlers.run(event, tx);\n          crashPoint('consumer: parked one took effect, not committed');\n        }",
  ),
  patch(
    consumer,
    'await this.inbox.postpone(this.term, parked.event_id, verdict);',
    "crashPoint('consumer: failed again, not postponed');\n        await this.inbox.postpone(this.term, parked.event_id, verdict);",
  ),
  patch(
    durable,
    "if (found !== 'missing') await bus.ask({ act: 'remove' });",
    "if (found !== 'missing') {\n    await bus.ask({ act: 'remove' });\n    crashPoint('consumer: durable deleted, not made again');\n  }",
  ),
  patch(
    durable,
    'const { delivered } = (await ask({ act: \'make\', ...(start === undefined ? {} : { start }) })) as ConsumerInfo;',
    "const { delivered } = (await ask({ act: 'make', ...(start === undefined ? {} : { start }) })) as ConsumerInfo;\n  crashPoint('consumer: durable made, nothing taken');",
  ),
  patch(
    database,
    'tx.flush();\n        await once?.keep(tx.query, result);\n        await commit(lease);',
    "if (tx.emitted) crashPoint('write: state written, events not');\n        tx.flush();\n        await once?.keep(tx.query, result);\n        if (tx.emitted && isArmed('write: events written, not committed')) {\n          await Promise.allSettled(lease.ahead);\n          crashPoint('write: events written, not committed');\n        }\n        if (tx.emitted) await pausePoint('late commits', 150);\n        if (tx.emitted) setImmediate(() => crashPoint('write: everything sent, nothing answered'));\n        await commit(lease);\n        if (tx.emitted) crashPoint('write: committed, not answered');",
  ),
  patch(
    consumer,
    'await this.inbox.keepPlace(this.term, { ...this.durable.origin, seq: this.reached });',
    "crashPoint('consumer: nothing to do, place not kept');\n    await this.inbox.keepPlace(this.term, { ...this.durable.origin, seq: this.reached });\n    crashPoint('consumer: nothing to do, place kept');",
  ),
  // last, because a floor rises only while every consumer is there
  patch(
    relay,
    'await this.ledger.keepFloor(this.term, floor);',
    "crashPoint('relay: floor found, not kept');\n    await this.ledger.keepFloor(this.term, floor);\n    crashPoint('relay: floor kept');",
  ),
];

/** Each is a mistake that somebody could make, and that a run has to notice. */
export const defects: Record<string, Patch[]> = {
  'no inbox': [patch(inbox, 'const due = new Set(row.due);', 'const due = new Set(told.map(({ event }) => event.id));')],
  'mark before publish': [
    patch(relay, 'const { count, failure } = await this.send(rows);', 'await this.record(sight);\n    const { count, failure } = await this.send(rows);'),
    patch(relay, 'await this.record(whole ? sight : { ...sight, ids: sight.ids.slice(0, count), complete: false });', ''),
  ],
  'cursor by id without holes': [patch(holes, 'holes: [...old, ...fresh] };', 'holes: [] };')],
  'no gap check': [patch(durable, 'if (deliverySequence !== this.arrived + 1)', 'if (deliverySequence <= this.arrived)'), patch(durable, '=== undefined && seq > this.reached + 1', '=== undefined && seq < 0')],
  'ack before commit': [
    patch(
      consumer,
      'await this.process(arrived.flatMap(',
      'last.ack();\n    await this.inbox.keepPlace(this.term, { ...this.durable.origin, seq: last.seq });\n    await this.process(arrived.flatMap(',
    ),
    patch(consumer, 'read(arrival)));\n    last.ack();', 'read(arrival)));'),
  ],
  'no look at what a stream lost': [patch(durable, 'if (seq + 1 < firstSeq)', 'if (seq < 0)'), patch(durable, '=== undefined && seq > this.reached + 1', '=== undefined && seq < 0')],
  'outbox row deleted on ack': [
    patch(ledger, 'if (rows.length === 0) throw new LeadershipLost(term.name);', 'if (rows.length === 0) throw new LeadershipLost(term.name);\n    await this.db.query(\'delete from outbox where id <= $1\', [progress.high]);'),
  ],
  'no generation check': [
    patch(relay, 'if (mark.created === known?.created && mark.lastSeq < known.lastSeq) {', 'if (mark.created === undefined) {'),
    patch(relay, "if (mark.created === known?.created) this.state", 'if (known) this.state'),
  ],
  'leadership without fencing': [
    patch(consumer, 'const BATCH = 256;', 'const BATCH = 8;'), // so that the one who was paused has more to write when it goes on
    patch(leadership, 'where name = $' + '{name} and holder = $' + '{holder} and epoch = $' + '{epoch} for share', 'where name = $' + '{name} and $' + '{holder}::text is not null and $' + '{epoch}::bigint is not null'),
    patch(leadership, 'if (this.ended.signal.aborted) throw new LeadershipLost(this.name);', ''),
    patch(leadership, "else if (outcome === 'lost' || performance.now() - this.renewed > TERM_MS) this.end();", ''),
    patch(leadership, 'if (performance.now() - this.renewed > TERM_MS) this.ended.abort();', ''),
  ],
};

/** By name of the build: `plain` is what production gets, `probes` can be killed and slowed down at the places above. */
export const builds: Record<string, Patch[]> = {
  plain: [],
  probes,
  ...Object.fromEntries(Object.entries(defects).map(([name, patches]) => [name.replaceAll(' ', '-'), [...patches, ...probes]])),
};

export const crashPoints: string[] = [...new Set(probes.flatMap(({ put }) => [...put.matchAll(/crashPoint\('([^']+)'\)/g)].map(([, name = '']) => name)))];
