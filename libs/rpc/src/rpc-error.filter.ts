import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { AppError, internal } from '@parley/dto';
import { LOGGER, type Logger } from '@parley/platform';
import { type Observable, throwError } from 'rxjs';

/** An `AppError` crosses whole; anything else is a fault of ours: logged here, and told to the caller only as that. */
@Catch()
export class RpcErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    if (error instanceof AppError) return throwError(() => error.toJSON());
    this.logger.error({ err: error, subject: host.switchToRpc().getContext<{ getSubject(): string }>().getSubject() }, 'request failed');
    return throwError(() => internal().toJSON());
  }
}
