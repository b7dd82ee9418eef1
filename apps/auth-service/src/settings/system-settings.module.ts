import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { SystemSettingsController } from './system-settings.controller.js';
import { SystemSettingsRepository } from './system-settings.repository.js';
import { SystemSettingsService } from './system-settings.service.js';

@Module({ imports: [OrgsModule], controllers: [SystemSettingsController], providers: [SystemSettingsService, SystemSettingsRepository] })
export class SystemSettingsModule {}
