import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { connectOpentok, type EntryDto, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { OpentokDoorsService } from './opentok-doors.service.js';

@Controller()
export class OpentokDoorsController {
  constructor(private readonly doors: OpentokDoorsService) {}

  @Rpc(connectOpentok)
  connect(@Payload() asked: RequestOf<typeof connectOpentok>): Promise<EntryDto> {
    return this.doors.connect(asked);
  }
}
