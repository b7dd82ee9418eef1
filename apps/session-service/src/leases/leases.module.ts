import { Module } from '@nestjs/common';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { Heartbeats } from './heartbeats.js';
import { LeasesRepository } from './leases.repository.js';
import { LiveEntriesRepository } from './live-entries.repository.js';
import { LeasesService } from './leases.service.js';

/** Exports the sessions' repository too: leases and sessions end together. */
@Module({
  providers: [LeasesService, LeasesRepository, LiveEntriesRepository, SessionsRepository, Heartbeats],
  exports: [LeasesService, LeasesRepository, LiveEntriesRepository, SessionsRepository, Heartbeats],
})
export class LeasesModule {}
