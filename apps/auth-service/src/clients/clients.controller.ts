import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type ClientDto, findClient, getClient, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { ClientDirectory } from './client-directory.js';
import { ClientsService } from './clients.service.js';

@Controller()
export class ClientsController {
  constructor(
    private readonly clients: ClientsService,
    private readonly directory: ClientDirectory,
  ) {}

  @Rpc(getClient)
  get(@Payload() { clientId }: RequestOf<typeof getClient>, @Caller() actor: Actor): Promise<ClientDto> {
    return this.clients.get(actor, clientId);
  }

  @Rpc(findClient)
  async find(@Payload() { clientId }: RequestOf<typeof findClient>): Promise<ReplyOf<typeof findClient>> {
    return { client: (await this.directory.find(clientId))?.toDto() ?? null };
  }
}
