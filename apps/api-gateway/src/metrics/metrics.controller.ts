import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { MetricsCollector } from './collector.js';
import { MetricsGuard } from './metrics.guard.js';

@Controller('metrics')
@UseGuards(MetricsGuard)
export class MetricsController {
  constructor(private readonly collector: MetricsCollector) {}

  /** Of all processes together. */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.collector.text();
  }
}
