/** Messages in an order in which they could have come too; for the test builds of the services. */
import { appendFileSync } from 'node:fs';
import type { Random } from './load/random.js';
import { fileOf, randomAt } from './probe.js';

interface Message {
  seq: number;
  event: { subject: string };
}

interface Taker<M> {
  /** For the next time. */
  held: M[];
  /** The highest sequence that it was given. */
  reached: number;
}

const takers = new WeakMap<object, Taker<Message>>();
/** Of the aggregates, each time. */
const HELD = 0.3;

/**
 * Where somebody wants that: those of one aggregate keep their order, those of different ones are mixed, and some aggregates wait until
 * the next time. Notes how many are given behind later ones.
 */
export function inAnotherOrder<M extends Message>(by: object, place: string, messages: M[]): M[] {
  const taker = (takers.get(by) ?? { held: [], reached: 0 }) as Taker<M>;
  takers.set(by, taker);
  const waiting = [...taker.held.splice(0), ...messages];
  const random = randomAt(place);
  if (!random) return waiting;
  const rows = rowsOf(waiting);
  const late = new Set([...rows.keys()].filter(() => random.next() < HELD));
  taker.held = [...late].flatMap((aggregate) => rows.get(aggregate) ?? []);
  late.forEach((aggregate) => rows.delete(aggregate));
  const given = mixed(rows, random);
  note(place, given.filter(({ seq }) => seq < (taker.reached = Math.max(taker.reached, seq))).length);
  return given;
}

function rowsOf<M extends Message>(messages: readonly M[]): Map<string, M[]> {
  const rows = new Map<string, M[]>();
  for (const message of messages) {
    const { subject } = message.event;
    rows.set(subject, [...(rows.get(subject) ?? []), message]);
  }
  return rows;
}

/** Each row in its order. */
function mixed<M>(rows: ReadonlyMap<string, M[]>, random: Random): M[] {
  const turns = random.shuffled([...rows].flatMap(([aggregate, row]) => row.map(() => aggregate)));
  return turns.flatMap((aggregate) => rows.get(aggregate)?.shift() ?? []);
}

function note(place: string, count: number): void {
  if (count > 0) appendFileSync(`${fileOf(place)}.count`, `${count}\n`);
}
