/**
 * The closed list of ways in which anything in Parley fails. The kind decides what happens (HTTP status, retry or
 * dead letter); the code is for the caller's program; the message is a sentence that is safe to show.
 */
export const errorKinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'unprocessable',
  'rate_limited',
  'internal',
  'unavailable',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** What each kind is over HTTP, in every dialect. */
export const httpStatusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

/** Facts for the caller beside the code: `limit`, `current`, `retryAt`, a list of faulty fields, `outcome: "unknown"`, ... */
export type ErrorDetails = Record<string, unknown>;

/** A failure as it crosses every boundary of the system, whole. No stack, no secret, no token. */
export interface AppErrorShape {
  kind: ErrorKind;
  code: string;
  message: string;
  details?: ErrorDetails | undefined;
}

/** The one error class. Thrown from `<things>.errors.ts`, never built elsewhere. */
export class AppError extends Error implements AppErrorShape {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details?: ErrorDetails,
  ) {
    super(message);
    this.name = 'AppError';
  }

  toJSON(): AppErrorShape {
    return { kind: this.kind, code: this.code, message: this.message, ...(this.details ? { details: this.details } : {}) };
  }

  static fromJSON({ kind, code, message, details }: AppErrorShape): AppError {
    return new AppError(kind, code, message, details);
  }

  static isShape(value: unknown): value is AppErrorShape {
    if (typeof value !== 'object' || value === null) return false;
    const { kind, code, message } = value as Partial<AppErrorShape>;
    return errorKinds.includes(kind as ErrorKind) && typeof code === 'string' && typeof message === 'string';
  }
}

/** 503: what is needed to answer can't be asked now. `outcome: "unknown"` says that the work may have been done. */
export const unavailable = (what: string, details?: ErrorDetails): AppError =>
  new AppError('unavailable', 'unavailable', `${what} can't be reached right now. Try again in a moment.`, details);

/** 500: a fault of ours. What went wrong is in the log under the request id, never in the answer. */
export const internal = (): AppError => new AppError('internal', 'internal', 'Something went wrong on our side.');

/** 422: what there is to tell fits no message. Whatever was to be done is done. */
export const answerTooLarge = (): AppError => new AppError('unprocessable', 'answer.too_large', 'The answer is larger than 8 MiB. Ask for fewer at a time, or for less of it.');

/** 400 with the faulty fields, one `{ path, message }` each. */
export const invalidInput = (faults: readonly { path: string; message: string }[]): AppError =>
  new AppError('invalid', 'request.invalid', faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), { faults });
