import { z } from 'zod';
import { canarySent } from './canary.contract.js';
import type { Owner } from './contract.js';

/** JetStream counts durations in nanoseconds. */
const NANOS_PER_SECOND = 1e9;
const DAY_S = 86_400;

/** What the stream of an owner is like. */
export interface StreamSettings {
  subjects: string[];
  /** Streams are transport; what is older comes from the ledger. */
  max_age: number;
  /** For repeats by a relay that could not save what it sent; later ones are dropped by the inboxes. */
  duplicate_window: number;
}

export const streamSettings = (owner: Owner): StreamSettings => ({
  subjects: [`evt.${owner}.>`],
  max_age: 3 * DAY_S * NANOS_PER_SECOND,
  duplicate_window: 120 * NANOS_PER_SECOND,
});

/** Subject on which an owner's relay asks the stream maker about its stream. */
export const streamWishOf = (owner: Owner): string => `make.${owner}.stream`;

export const StreamWish = z.discriminatedUnion('act', [
  /** It is not there. `description` tells where it begins; `replicas` are as many as it had. */
  z.strictObject({ act: z.literal('make'), description: z.string().max(500), replicas: z.int().min(1).max(5) }),
  /** Its settings are not those of today. */
  z.strictObject({ act: z.literal('settle') }),
  /** The one that was created then, if it is still there. With it go its durables. */
  z.strictObject({ act: z.literal('remove'), created: z.string() }),
]);
export type StreamWish = z.output<typeof StreamWish>;

/** Subject on which a reader asks the stream maker about its durable on the stream of an owner. */
export const durableWishOf = (owner: Owner, name: string): string => `make.${owner}.durable.${name}`;

export const DurableWish = z.discriminatedUnion('act', [
  /** To give what comes from that sequence on; all that there is, unless told. */
  z.strictObject({ act: z.literal('make'), start: z.int().positive().optional() }),
  z.strictObject({ act: z.literal('remove') }),
]);
export type DurableWish = z.output<typeof DurableWish>;

/** What a service's canary is read with. */
export const canaryDurableOf = (owner: Owner): string => `${owner}__canary`;

/** The one subject of which a durable gives events; undefined for one that gives all of the owner's. */
export const onlySubjectOf = (owner: Owner, name: string): string | undefined => (name === canaryDurableOf(owner) ? canarySent[owner].subject : undefined);

/** For docs/messages.md. */
export const wishes = [
  {
    subjectOf: streamWishOf,
    from: 'the relay of that service',
    doc: 'Its stream is to be made, brought to the settings of today, or removed.',
    acts: StreamWish.options.map(({ shape }) => shape.act.value),
  },
  {
    subjectOf: durableWishOf,
    from: 'the one reader that the durable is called after',
    doc: 'Its durable on the stream of that service is to be made, or removed.',
    acts: DurableWish.options.map(({ shape }) => shape.act.value),
  },
];

/** What became of a wish: JetStream's answer as it is, or why not. */
export const Made = z.object({ made: z.unknown().optional(), error: z.string().optional() });
