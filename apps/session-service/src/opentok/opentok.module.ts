import { type DynamicModule, Module } from '@nestjs/common';
import { OpentokController } from './opentok.controller.js';
import { OpentokRepository } from './opentok.repository.js';
import { OpentokService } from './opentok.service.js';
import { OPENTOK_SETTINGS, type OpentokSettings } from './opentok.settings.js';

@Module({ controllers: [OpentokController], providers: [OpentokService, OpentokRepository] })
export class OpentokModule {
  static of(settings: OpentokSettings): DynamicModule {
    return { module: OpentokModule, providers: [{ provide: OPENTOK_SETTINGS, useValue: settings }] };
  }
}
