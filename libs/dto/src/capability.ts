import { z } from 'zod';

/**
 * What somebody may do in a session, whichever way they came in: send audio and video, receive it, send messages, act on others. Media
 * planes read it from the entry.
 */
export const Capability = z.enum(['publish', 'subscribe', 'data', 'moderate']);
export type Capability = z.output<typeof Capability>;

const everything: readonly Capability[] = ['publish', 'subscribe', 'data', 'moderate'];
const asGuest: readonly Capability[] = ['publish', 'subscribe', 'data'];

/** What comes with each role of each API (coviu.md; datagram-link.md; opentok.md, Token). One list, so that all of them mean the same. */
export const capabilitiesOf = {
  owner: everything,
  guest: asGuest,
  /** In a `live` alias: it sends, who else comes watches. */
  host: everything,
  watcher: ['subscribe'],
  moderator: everything,
  publisher: asGuest,
  publisheronly: ['publish', 'data'],
  subscriber: ['subscribe'],
} as const satisfies Record<string, readonly Capability[]>;
