import { Controller, Delete, Headers, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { heartbeat, leaveSession, removeEntry } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { EntryGuard, EntryOrOrgGuard, isEntryToken } from '../access/entry.guard.js';
import type { Resource } from '../hal.js';
import { PathId } from '../path-id.pipe.js';
import { entryResource, leasedEntryResource } from './entry.presenter.js';

/** One person's presence in a session (C12, C13). */
@Controller('v1/orgs/:org/sessions/:sid/entries/:entryId')
export class EntriesController {
  constructor(private readonly rpc: RpcClient) {}

  @Post('heartbeat')
  @HttpCode(200)
  @UseGuards(EntryGuard)
  beat(@Param('sid', new PathId('entry')) sid: string, @Param('entryId', new PathId('entry')) entryId: string): Promise<Resource> {
    return this.rpc.call(heartbeat, { sid, entryId }).then(leasedEntryResource);
  }

  /** The person leaves with the entry's own token; the org removes with its own. */
  @Delete()
  @UseGuards(EntryOrOrgGuard)
  end(
    @Headers('authorization') authorization: string,
    @Param('sid', new PathId('entry')) sid: string,
    @Param('entryId', new PathId('entry')) entryId: string,
  ): Promise<Resource> {
    return this.rpc.call(isEntryToken(authorization) ? leaveSession : removeEntry, { sid, entryId }).then(entryResource);
  }
}
