import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type ClientDto, getClient, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { ClientsService } from './clients.service.js';

@Controller()
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Rpc(getClient)
  get(@Payload() { clientId }: RequestOf<typeof getClient>, @Caller() actor: Actor): Promise<ClientDto> {
    return this.clients.get(actor, clientId);
  }
}
