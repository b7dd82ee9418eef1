import { Module } from '@nestjs/common';
import { RefusalPurge } from './refusal-purge.js';
import { RefusalsModule } from './refusals.module.js';

/** Apart from the refusals themselves, so that they can be used without anything going on by itself. */
@Module({ imports: [RefusalsModule], providers: [RefusalPurge] })
export class RefusalPurgeModule {}
