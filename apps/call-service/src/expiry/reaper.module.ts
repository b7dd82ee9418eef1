import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module.js';
import { CallsReaper } from './reaper.js';

/** Apart from the calls themselves, so that they can be used without anything going on by itself. */
@Module({ imports: [CallsModule], providers: [CallsReaper] })
export class ReaperModule {}
