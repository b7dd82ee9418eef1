import { Module } from '@nestjs/common';
import { LeasesModule } from './leases.module.js';
import { Reaper } from './reaper.js';

/** Apart from the leases themselves, so that they can be used without anything going on by itself. */
@Module({ imports: [LeasesModule], providers: [Reaper] })
export class ReaperModule {}
