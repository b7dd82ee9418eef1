import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { placeCall, type RequestOf, type UserCallDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { PlacingService } from './placing.service.js';

@Controller()
export class PlacingController {
  constructor(private readonly placing: PlacingService) {}

  @Rpc(placeCall)
  place(@Payload() wishes: RequestOf<typeof placeCall>, @Caller() actor: Actor): Promise<UserCallDto> {
    return this.placing.place(actor, wishes);
  }
}
