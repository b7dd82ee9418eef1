import { Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { changeScheduledParticipant, getScheduledParticipant, removeScheduledParticipant } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../http/json-body.js';
import { ForOrg } from '../coviu/access/bearer.guard.js';
import { PathId } from '../coviu/path-id.pipe.js';
import { ParticipantBody } from './inputs.js';
import { done, type ParticipantJson, participantJson } from './presenter.js';

/** Who is invited to planned sessions (V). */
@Controller('v1/participants')
@ForOrg()
export class ScheduledParticipantsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get(':id')
  get(@Param('id', new PathId('participant')) participantId: string): Promise<ParticipantJson> {
    return this.rpc.call(getScheduledParticipant, { participantId }).then((participant) => participantJson(participant));
  }

  @Put(':id')
  change(@Param('id', new PathId('participant')) participantId: string, @JsonBody(ParticipantBody) change: ParticipantBody): Promise<ParticipantJson> {
    return this.rpc.call(changeScheduledParticipant, { ...change, participantId }).then((participant) => participantJson(participant));
  }

  @Delete(':id')
  remove(@Param('id', new PathId('participant')) participantId: string): Promise<{ ok: boolean }> {
    return this.rpc.call(removeScheduledParticipant, { participantId }).then(done);
  }
}
