import { AppError } from '@parley/dto';

/** Alike for every reason. */
export const linkInvalid = () => new AppError('unauthenticated', 'link.invalid', 'This link is not valid.');

/** The link is genuine, but says too little, too much or something that can't be. */
export const linkClaims = (claims: readonly string[]) =>
  new AppError('invalid', 'link.claims', `The link can't be used: ${claims.join(', ')} missing, too long or not allowed.`, { claims });
