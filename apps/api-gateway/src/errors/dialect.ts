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

/** How one family of addresses tells its failures. The status and the headers that go with it are the same in all of them. */
export interface ErrorDialect {
  speaksAt(request: FailedRequest): boolean;
  render(error: AppErrorShape, request: FailedRequest, status: number): RenderedError;
}

/** The path is the prefix or lies below it. */
export const isBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
