import { type ErrorDialect, isBelow } from '../errors/dialect.js';

/** The SDK reads `message` where the other clients read `error`. */
const SDK = '/session/create';

/** opentok.md: `{"error":{"message","code"}}`. A body that can't be read is bad input, whatever it says of itself. */
export const opentokDialect: ErrorDialect = {
  speaksAt: ({ path }) => isBelow(path, '/session'),
  statusFor: ({ code }) => (code === 'request.media_type' ? 400 : undefined),
  render: ({ message, code }, { path }) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(path === SDK ? { message, code } : { error: { message, code } }),
  }),
};
