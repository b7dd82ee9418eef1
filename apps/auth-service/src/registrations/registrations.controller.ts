import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { changeClient, type ClientAdminDto, type ClientDetailsDto, listClients, type ListOf, readClient, registerClient, type ReplyOf, type RequestOf, rotateClientSecret } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { RegistrationsService } from './registrations.service.js';

@Controller()
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Rpc(registerClient)
  register(@Payload() { orgId, client }: RequestOf<typeof registerClient>, @Caller() actor: Actor): Promise<ReplyOf<typeof registerClient>> {
    return this.registrations.register(actor, orgId, client);
  }

  @Rpc(listClients)
  list(@Payload() { orgId, ...page }: RequestOf<typeof listClients>, @Caller() actor: Actor): Promise<ListOf<ClientAdminDto>> {
    return this.registrations.list(actor, orgId, page);
  }

  @Rpc(readClient)
  read(@Payload() place: RequestOf<typeof readClient>, @Caller() actor: Actor): Promise<ClientDetailsDto> {
    return this.registrations.read(actor, place);
  }

  @Rpc(changeClient)
  change(@Payload() { change, ...place }: RequestOf<typeof changeClient>, @Caller() actor: Actor): Promise<ClientAdminDto> {
    return this.registrations.change(actor, place, change);
  }

  @Rpc(rotateClientSecret)
  rotateSecret(@Payload() { overlapSeconds, ...place }: RequestOf<typeof rotateClientSecret>, @Caller() actor: Actor): Promise<ReplyOf<typeof rotateClientSecret>> {
    return this.registrations.rotateSecret(actor, place, overlapSeconds);
  }
}
