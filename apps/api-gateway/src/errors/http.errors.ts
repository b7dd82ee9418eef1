import { AppError } from '@parley/dto';

/** Failures that only HTTP knows: nothing behind the gateway has heard of the request. */

export const routeNotFound = (): AppError => new AppError('not_found', 'route.not_found', 'There is nothing at this address.');

export const methodNotAllowed = (allow: readonly string[]): AppError =>
  new AppError('invalid', 'route.method', `This address takes ${allow.join(', ')} only.`, { allow });

export const urlMalformed = (): AppError => new AppError('invalid', 'request.url', 'The address is not well-formed. Percent-encode its parts as UTF-8.');

export const requestMalformed = (): AppError => new AppError('invalid', 'request.malformed', 'The request is not well-formed HTTP.');

export const bodyMalformed = (): AppError => new AppError('invalid', 'request.json', 'The body is not well-formed JSON in UTF-8.');

export const bodyTooLarge = (limit: number): AppError =>
  new AppError('invalid', 'request.too_large', `The body is larger than ${limit} bytes.`, { limit });

/** The type of bodies where nothing else is said. */
export const JSON_TYPE = 'application/json';

export const mediaTypeUnsupported = (...accepted: readonly string[]): AppError =>
  new AppError('invalid', 'request.media_type', `Send the body as Content-Type: ${accepted.join(' or ')}.`);

export const requestTooSlow = (): AppError => new AppError('invalid', 'request.timeout', 'The request took too long to arrive.');

export const headersTooLarge = (): AppError => new AppError('invalid', 'request.headers_too_large', 'The address and the headers are larger than 16 KiB.');
