import { AppError } from '@parley/dto';

/** What the path of a request can name. */
export type Thing = 'client' | 'subscription' | 'session' | 'participant' | 'entry' | 'call' | 'refusal' | 'ban';

const nothing: Readonly<Record<Thing, string>> = {
  client: 'There is no such API client.',
  subscription: 'There is no such subscription.',
  session: 'There was never a session of this name.',
  participant: 'There is no such participant.',
  entry: 'There is no such entry.',
  call: 'There is no such call.',
  refusal: 'There is no such refusal, or it is no longer kept.',
  ban: 'There is no such ban.',
};

export const orgForeign = (): AppError => new AppError('forbidden', 'org.foreign', 'The access token belongs to another organisation.');

/** An id that no service could have given out: word for word the answer of the services for one that is not there. */
export const notFound = (thing: Thing): AppError => new AppError('not_found', `${thing}.not_found`, nothing[thing]);

export const linkInvalid = (): AppError => new AppError('unauthenticated', 'link.invalid', 'This link is not valid.');

export const entryToken = (): AppError => new AppError('unauthenticated', 'entry.token', 'This is not the token of that entry.');
