import { type ArgumentsHost, Catch, Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthErrorFilter, sendFailure } from '../http/oauth-error.filter.js';
import { render } from './answer.js';
import { refusalPage } from '../pages/notice-page.js';

/** Every failure where persons come by: a page for them, RFC 6749, 5.2, for programs. */
@Catch()
@Injectable()
export class PageErrorFilter extends OAuthErrorFilter {
  constructor(@Inject(LOGGER) logger: Logger) {
    super(logger);
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    this.note(error);
    const [request, reply] = [host.switchToHttp().getRequest<FastifyRequest>(), host.switchToHttp().getResponse<FastifyReply>()];
    sendFailure(reply, error, (body) => render({ request, reply }, { data: body, page: refusalPage({ code: body.error, message: body.error_description }) }));
  }
}
