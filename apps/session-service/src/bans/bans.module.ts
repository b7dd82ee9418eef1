import { Module } from '@nestjs/common';
import { EntriesRepository } from '../entries/entries.repository.js';
import { LeasesModule } from '../leases/leases.module.js';
import { BansController } from './bans.controller.js';
import { BansRepository } from './bans.repository.js';
import { BansService } from './bans.service.js';

@Module({ imports: [LeasesModule], controllers: [BansController], providers: [BansService, BansRepository, EntriesRepository] })
export class BansModule {}
