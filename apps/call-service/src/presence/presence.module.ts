import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module.js';
import { PresenceConsumer } from './presence.consumer.js';
import { PresenceRepository } from './presence.repository.js';
import { PresenceService } from './presence.service.js';

@Module({ imports: [CallsModule], providers: [PresenceConsumer, PresenceService, PresenceRepository], exports: [PresenceService] })
export class PresenceModule {}
