import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { closeSubscription, type ReplyOf, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { DoorsService } from './doors.service.js';

@Controller()
export class DoorsController {
  constructor(private readonly doors: DoorsService) {}

  @Rpc(closeSubscription)
  async close(@Payload() closing: RequestOf<typeof closeSubscription>): Promise<ReplyOf<typeof closeSubscription>> {
    await this.doors.close(closing);
    return {};
  }
}
