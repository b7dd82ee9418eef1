import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { exchangeOpaqueToken, type ReplyOf, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { AccessService } from './access.service.js';

@Controller()
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Rpc(exchangeOpaqueToken)
  exchange(@Payload() { token }: RequestOf<typeof exchangeOpaqueToken>): Promise<ReplyOf<typeof exchangeOpaqueToken>> {
    return this.access.exchange(token);
  }
}
