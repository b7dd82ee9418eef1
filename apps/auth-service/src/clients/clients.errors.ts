import { AppError } from '@parley/dto';

/** Alike for an unknown id and another org's, so that nobody learns what others have. */
export const clientNotFound = () => new AppError('not_found', 'client.not_found', 'There is no such API client.');

/** Somebody else can be it: it shows to nobody who it is. */
export const publicClient = () =>
  new AppError('invalid', 'client.public', 'A client whose tokenEndpointAuthMethod is none has clickToCall off, no secret, and neither the scope admin nor introspect.');

export const signsNothing = () => new AppError('invalid', 'client.no_keys', 'Only a client whose tokenEndpointAuthMethod is private_key_jwt has keys.');

export const tooManySecrets = (limit: number) =>
  new AppError('conflict', 'client.too_many_secrets', `The client already has ${limit} secrets that are valid. Wait until one is over, or rotate with an overlap of 0.`, { limit });
