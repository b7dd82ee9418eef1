import { type DynamicModule, Module } from '@nestjs/common';
import { LinkKindsModule } from '../link-kinds/link-kinds.module.js';
import { OpentokController } from './opentok.controller.js';
import { OpentokRepository } from './opentok.repository.js';
import { OpentokSigners } from './opentok-signers.js';
import { OpentokService } from './opentok.service.js';
import { OPENTOK_SETTINGS, type OpentokSettings } from './opentok.settings.js';

@Module({ imports: [LinkKindsModule], controllers: [OpentokController], providers: [OpentokService, OpentokRepository, OpentokSigners] })
export class OpentokModule {
  static of(settings: OpentokSettings): DynamicModule {
    return { module: OpentokModule, providers: [{ provide: OPENTOK_SETTINGS, useValue: settings }] };
  }
}
