import type { AppErrorShape } from '@parley/dto';

/** What of a request decides how its failure is told. */
export interface FailedRequest {
  requestId: string;
  /** Without the query string. */
  path: string;
  accept: string | undefined;
}

export interface RenderedError {
  contentType: string;
  body: string;
  headers?: Record<string, string>;
}

/** How one family of addresses tells its failures. Status and headers are the same in all of them, but for the few statuses of `statusFor`. */
export interface ErrorDialect {
  speaksAt(request: FailedRequest): boolean;
  /** Another status than it has elsewhere, where the contract of the dialect says so. */
  statusFor?(error: AppErrorShape, request: FailedRequest): number | undefined;
  render(error: AppErrorShape, request: FailedRequest, status: number): RenderedError;
}

/** The path is the prefix or lies below it. */
export const isBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
