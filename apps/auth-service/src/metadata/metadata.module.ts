import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth/oauth.module.js';
import { MetadataController } from './metadata.controller.js';

@Module({ imports: [OAuthModule], controllers: [MetadataController] })
export class MetadataModule {}
