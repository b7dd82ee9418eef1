import { Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import {
  connectOpentok, createOpentokSession, createPublicOpentokSession, type EntryDto, issueOpentokToken, issuePublicOpentokToken, type OpentokSessionDto, type OpentokTokenIssued,
} from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { noteOrg } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import { NotToBeKept } from '../admin/for-admin.js';
import type { Resource } from '../coviu/hal.js';
import { capableEntryResource } from '../coviu/sessions/entry.presenter.js';
import { Caller } from '../http/caller.js';
import { FormOrJsonBody } from '../http/form-or-json-body.js';
import { AccessInput, accessFromForm, ConnectInput, SessionInput, withoutEmpty } from './opentok-input.js';
import { OpentokGuard } from './opentok.guard.js';

interface SessionAnswer {
  id: string;
  mediaMode: string;
  location: string | null;
}

/** Sessions and tokens for clients of the OpenTok kind: `docs/api/opentok.md`. */
@Controller('session')
export class OpentokController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @UseGuards(OpentokGuard)
  create(@FormOrJsonBody(SessionInput, withoutEmpty) session: SessionInput, @Caller() caller: Actor | undefined): Promise<SessionAnswer> {
    return this.rpc.call(caller ? createOpentokSession : createPublicOpentokSession, session).then(sessionAnswer);
  }

  @Post(':id/access')
  @UseGuards(OpentokGuard)
  @NotToBeKept()
  access(@Param('id') opentokSessionId: string, @FormOrJsonBody(AccessInput, accessFromForm) wanted: AccessInput, @Caller() caller: Actor | undefined): Promise<OpentokTokenIssued> {
    return this.rpc.call(caller ? issueOpentokToken : issuePublicOpentokToken, { opentokSessionId, ...wanted });
  }

  @Post(':id/connect')
  @HttpCode(200)
  @NotToBeKept()
  connect(@Param('id') opentokSessionId: string, @FormOrJsonBody(ConnectInput) asked: ConnectInput): Promise<Resource> {
    return this.rpc.call(connectOpentok, { opentokSessionId, ...asked }).then(granted);
  }
}

const sessionAnswer = ({ opentokSessionId, mediaMode, location }: OpentokSessionDto): SessionAnswer => ({ id: opentokSessionId, mediaMode, location });

function granted(entry: EntryDto): Resource {
  noteOrg(entry.orgId);
  return capableEntryResource(entry);
}
