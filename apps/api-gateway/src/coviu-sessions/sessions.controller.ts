import { Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  addScheduledParticipant, cancelScheduledSession, changeScheduledSession, getScheduledSession, listScheduledParticipants, listScheduledSessions, scheduleSession,
} from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { InShape } from '../http/in-shape.pipe.js';
import { JsonBody } from '../http/json-body.js';
import { ForOrg } from '../coviu/access/bearer.guard.js';
import { PathId } from '../coviu/path-id.pipe.js';
import { NewSessionBody, ParticipantBody, SessionChangeBody } from './inputs.js';
import { done, type ParticipantJson, participantJson, type SessionJson, sessionJson } from './presenter.js';
import { DeletedQuery, SessionsQuery } from './queries.js';

/** Planned sessions, as the published SDKs of the later Coviu API ask for them (V). */
@Controller('v1/sessions')
@ForOrg()
export class ScheduledSessionsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  create(@JsonBody(NewSessionBody) session: NewSessionBody): Promise<SessionJson> {
    return this.rpc.call(scheduleSession, session).then(sessionJson);
  }

  @Get()
  list(@Query(new InShape(SessionsQuery)) query: SessionsQuery): Promise<{ content: SessionJson[]; page: number; page_size: number; more: boolean }> {
    return this.rpc.call(listScheduledSessions, query).then(({ items, more }) => ({ content: items.map(sessionJson), page: query.page, page_size: query.count, more }));
  }

  @Get(':id')
  get(@Param('id', new PathId('session')) sid: string, @Query(new InShape(DeletedQuery)) { deleted }: DeletedQuery): Promise<SessionJson> {
    return this.rpc.call(getScheduledSession, { sid, deleted }).then(sessionJson);
  }

  @Put(':id')
  change(@Param('id', new PathId('session')) sid: string, @JsonBody(SessionChangeBody) change: SessionChangeBody): Promise<SessionJson> {
    return this.rpc.call(changeScheduledSession, { ...change, sid }).then(sessionJson);
  }

  @Delete(':id')
  cancel(@Param('id', new PathId('session')) sid: string): Promise<{ ok: boolean }> {
    return this.rpc.call(cancelScheduledSession, { sid }).then(done);
  }

  @Get(':id/participants')
  participants(@Param('id', new PathId('session')) sid: string, @Query(new InShape(DeletedQuery)) { deleted }: DeletedQuery): Promise<ParticipantJson[]> {
    return this.rpc.call(listScheduledParticipants, { sid, deleted }).then(({ items, rfc1123 }) => items.map((item) => participantJson(item, rfc1123)));
  }

  @Post(':id/participants')
  @HttpCode(200)
  add(@Param('id', new PathId('session')) sid: string, @JsonBody(ParticipantBody) participant: ParticipantBody): Promise<ParticipantJson> {
    return this.rpc.call(addScheduledParticipant, { ...participant, sid }).then((added) => participantJson(added));
  }
}
