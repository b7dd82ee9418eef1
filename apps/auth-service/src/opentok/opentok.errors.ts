import { AppError } from '@parley/dto';

export const noClient = () => new AppError('forbidden', 'opentok.no_client', 'The organisation has no active API client to sign with.');
/** Alike for every reason: which of them it was is of use only to someone who tries. */
export const t1Invalid = () => new AppError('unauthenticated', 'opentok.token', 'This is not a token for the session.');
