import { AppError } from '@parley/dto';

export const revocationFuture = () => new AppError('invalid', 'revocation.future', 'Links can be revoked up to now only: `at` must not be in the future.');
export const revocationKey = (kind: string) =>
  new AppError('invalid', 'revocation.key', kind === 'link' ? 'Say which link: give it as `link`, or its id as `key`.' : `Say which ${kind} as \`key\`; a person is sub:, email: or name: and what the link says there.`);
/** Alike for a foreign link and one that is none. */
export const revocationLink = () => new AppError('invalid', 'revocation.link', 'This is not a link of this organisation.');
