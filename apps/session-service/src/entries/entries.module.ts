import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { EntriesController } from './entries.controller.js';
import { EntriesRepository } from './entries.repository.js';
import { EntriesService } from './entries.service.js';

@Module({ imports: [LeasesModule], controllers: [EntriesController], providers: [EntriesService, EntriesRepository] })
export class EntriesModule {}
