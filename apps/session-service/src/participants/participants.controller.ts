import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  addScheduledParticipant, changeScheduledParticipant, getScheduledParticipant, listScheduledParticipants, removeScheduledParticipant, type ReplyOf, type RequestOf, type ScheduledParticipantDto,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { InvitationLinks } from './invitation-links.js';
import { ParticipantsService } from './participants.service.js';

@Controller()
export class ParticipantsController {
  constructor(
    private readonly participants: ParticipantsService,
    private readonly links: InvitationLinks,
  ) {}

  @Rpc(listScheduledParticipants)
  list(@Payload() request: RequestOf<typeof listScheduledParticipants>, @Caller() actor: Actor): Promise<ReplyOf<typeof listScheduledParticipants>> {
    return this.participants.list(actor, request).then(async ({ items, rfc1123 }) => ({ items: await this.links.withLinks(items), rfc1123 }));
  }

  @Rpc(addScheduledParticipant)
  add(@Payload() request: RequestOf<typeof addScheduledParticipant>, @Caller() actor: Actor): Promise<ScheduledParticipantDto> {
    return this.participants.add(actor, request).then((invitation) => this.links.withLink(invitation));
  }

  @Rpc(getScheduledParticipant)
  get(@Payload() { participantId }: RequestOf<typeof getScheduledParticipant>, @Caller() actor: Actor): Promise<ScheduledParticipantDto> {
    return this.participants.get(actor, participantId).then((invitation) => this.links.withLink(invitation));
  }

  @Rpc(changeScheduledParticipant)
  change(@Payload() request: RequestOf<typeof changeScheduledParticipant>, @Caller() actor: Actor): Promise<ScheduledParticipantDto> {
    return this.participants.change(actor, request).then((invitation) => this.links.withLink(invitation));
  }

  @Rpc(removeScheduledParticipant)
  remove(@Payload() { participantId }: RequestOf<typeof removeScheduledParticipant>, @Caller() actor: Actor): Promise<object> {
    return this.participants.remove(actor, participantId);
  }
}
