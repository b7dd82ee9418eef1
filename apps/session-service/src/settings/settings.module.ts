import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { LifecycleService } from './lifecycle.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [LeasesModule],
  controllers: [SettingsController],
  providers: [SettingsService, SettingsRepository, LifecycleService],
  exports: [LifecycleService, SettingsService],
})
export class SettingsModule {}
