import { errors, type NatsConnection } from '@nats-io/transport-node';
import { type DurableWish, durableWishOf, Made, type Owner, type StreamWish, streamWishOf } from '@parley/dto';

/** Longer than the stream maker waits for JetStream. */
const TIMEOUT_MS = 8_000;

/** What is away waits for it; what is there goes on. */
export class NoMaker extends Error {
  constructor(subject: string) {
    super(`The stream maker does not run: nobody answers on ${subject}`);
  }
}

/**
 * Asks whoever may make streams and durables; nobody else may.
 * @returns what JetStream answered
 * @throws NoMaker, or what the maker says went wrong
 */
async function wish(nc: NatsConnection, subject: string, wanted: StreamWish | DurableWish): Promise<unknown> {
  const answer = await nc.request(subject, JSON.stringify(wanted), { timeout: TIMEOUT_MS }).catch((error: unknown) => {
    throw isUnheard(error) ? new NoMaker(subject) : error;
  });
  const { made, error } = Made.parse(answer.json());
  if (error !== undefined) throw new Error(error);
  return made;
}

export const wishForStream = (nc: NatsConnection, owner: Owner, wanted: StreamWish): Promise<unknown> => wish(nc, streamWishOf(owner), wanted);

export const wishForDurable = (nc: NatsConnection, { owner, name }: { owner: Owner; name: string }, wanted: DurableWish): Promise<unknown> =>
  wish(nc, durableWishOf(owner, name), wanted);

const isUnheard = (error: unknown): boolean => error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());
