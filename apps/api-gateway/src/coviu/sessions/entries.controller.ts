import { Controller, Delete, Headers, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { banEntry, changeRole, heartbeat, leaveSession, removeEntry, Role } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { InShape } from '../../http/in-shape.pipe.js';
import { JsonBody } from '../../http/json-body.js';
import { ForOrg } from '../access/bearer.guard.js';
import { EntryGuard, EntryOrOrgGuard, isEntryToken } from '../access/entry.guard.js';
import type { Resource } from '../hal.js';
import { PathId } from '../path-id.pipe.js';
import { entryResource, leasedEntryResource } from './entry.presenter.js';

const EndQuery = z.object({ ban: z.enum(['true', 'false']).default('false') });
type EndQuery = z.output<typeof EndQuery>;

const RoleBody = z.object({ role: Role });
type RoleBody = z.output<typeof RoleBody>;

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

  /** The org makes a guest the owner, or the other way round. */
  @Patch()
  @ForOrg()
  changeRole(
    @Param('sid', new PathId('entry')) sid: string,
    @Param('entryId', new PathId('entry')) entryId: string,
    @JsonBody(RoleBody) { role }: RoleBody,
  ): Promise<Resource> {
    return this.rpc.call(changeRole, { sid, entryId, role }).then(entryResource);
  }

  /** The person leaves with the entry's own token; the org removes with its own, and bans if it says so. */
  @Delete()
  @UseGuards(EntryOrOrgGuard)
  end(
    @Headers('authorization') authorization: string,
    @Param('sid', new PathId('entry')) sid: string,
    @Param('entryId', new PathId('entry')) entryId: string,
    @Query(new InShape(EndQuery)) { ban }: EndQuery,
  ): Promise<Resource> {
    const removal = ban === 'true' ? banEntry : removeEntry;
    return this.rpc.call(isEntryToken(authorization) ? leaveSession : removal, { sid, entryId }).then(entryResource);
  }
}
