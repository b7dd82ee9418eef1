import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { endSession, getSession, listEntries, listPresences } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { z } from 'zod';
import { InShape } from '../../http/in-shape.pipe.js';
import { ForOrg } from '../access/bearer.guard.js';
import { type Collection, collection } from '../collection.js';
import { pathOf, type Resource } from '../hal.js';
import { Page, PageQuery } from '../page-query.js';
import { PathId } from '../path-id.pipe.js';
import { entryResource } from './entry.presenter.js';
import { presenceResource } from './presence.presenter.js';
import { sessionResource } from './session.presenter.js';

const PresencesQuery = PageQuery.extend({ present: z.enum(['true', 'false']).optional() });
type PresencesQuery = z.output<typeof PresencesQuery>;

/** Sessions, and the entries to them as the org sees them (C7, C10, C11). */
@Controller('v1/orgs/:org')
@ForOrg()
export class SessionsController {
  constructor(private readonly rpc: RpcClient) {}

  /** `session` is what some clients ask for. */
  @Get(['sessions', 'session'])
  list(@Param('org') org: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc.call(listEntries, page).then((reply) => collection(reply, { path: pathOf.sessions(org), cursor: page.cursor, item: entryResource }));
  }

  @Get('sessions/:sid')
  get(@Param('sid', new PathId('session')) sid: string): Promise<Resource> {
    return this.rpc.call(getSession, { sid }).then(sessionResource);
  }

  @Delete('sessions/:sid')
  end(@Param('sid', new PathId('session')) sid: string): Promise<Resource> {
    return this.rpc.call(endSession, { sid }).then(sessionResource);
  }

  /** Who is in it now and who was; asks first whether there is such a session. */
  @Get('sessions/:sid/participants')
  participants(
    @Param('org') org: string,
    @Param('sid', new PathId('session')) sid: string,
    @Query(new InShape(PresencesQuery)) { present, ...page }: PresencesQuery,
  ): Promise<Collection> {
    const filter = present === undefined ? {} : { present: present === 'true' };
    return this.rpc
      .call(getSession, { sid })
      .then(() => this.rpc.call(listPresences, { ...page, ...filter, sid }))
      .then((reply) => collection(reply, { path: pathOf.participantsOfSession(org, sid), cursor: page.cursor, filter: { present }, item: presenceResource }));
  }

  /** Asks first whether there is such a session. */
  @Get('sessions/:sid/entries')
  entries(@Param('org') org: string, @Param('sid', new PathId('session')) sid: string, @Page() page: PageQuery): Promise<Collection> {
    return this.rpc
      .call(getSession, { sid })
      .then(() => this.rpc.call(listEntries, { ...page, sid }))
      .then((reply) => collection(reply, { path: pathOf.entriesOfSession(org, sid), cursor: page.cursor, item: entryResource }));
  }
}
