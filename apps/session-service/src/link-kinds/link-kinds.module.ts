import { Module } from '@nestjs/common';
import { ClientLinks } from './client-links.js';
import { LinkKinds } from './link-kinds.js';

@Module({ providers: [LinkKinds, ClientLinks], exports: [LinkKinds] })
export class LinkKindsModule {}
