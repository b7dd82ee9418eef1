import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentRequest } from './request-context.js';

export type { Logger } from 'pino';

export interface LogOptions {
  name: string;
  level: string;
  format: 'json' | 'pretty';
}

/** Never logged, wherever they stand in an object. */
const secretKeys = ['authorization', 'accessToken', 'access_token', 'refresh_token', 'client_secret', 'apiKeySecret', 'password', 'link', 'token', 'secret'];
const redact = { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' };

/** JSON lines on standard output (or to a sink), each with the id of the request that it belongs to. */
export function createLogger({ name, level, format }: LogOptions, sink?: DestinationStream): Logger {
  const options: LoggerOptions = {
    name,
    level,
    redact,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const requestId = currentRequest()?.requestId;
      return requestId ? { requestId } : {};
    },
    ...(format === 'pretty' ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' } } } : {}),
  };
  return sink ? pino(options, sink) : pino(options);
}

/** The same log for lines of one fixed shape that has no place for a secret: to look for some costs ten times what writing the line does. */
export const fixedLines = (logger: Logger): Logger => logger.child({}, { redact: { paths: [] } });

/** Lets Nest speak through pino. Its start-up chatter is of interest only to someone who debugs it. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}
