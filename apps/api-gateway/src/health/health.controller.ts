import { Controller, Get, Res } from '@nestjs/common';
import { type HealthReport, Readiness } from '@parley/platform';
import type { FastifyReply } from 'fastify';

/** For a load balancer that only reaches the port of the API. */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  live(): { live: true } {
    return { live: true };
  }

  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return this.readiness.report().then((report) => (void reply.code(report.ready ? 200 : 503), report));
  }
}
