import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth/oauth.module.js';
import { DevicesController } from './devices.controller.js';

/** Devices without a browser of their own (RFC 8628). */
@Module({ imports: [OAuthModule], controllers: [DevicesController] })
export class DevicesModule {}
