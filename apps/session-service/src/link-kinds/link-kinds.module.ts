import { Module } from '@nestjs/common';
import { ClientLinks } from './client-links.js';
import { LinkKinds } from './link-kinds.js';
import { LinkVerifier } from './link-verifier.js';

@Module({ providers: [LinkKinds, ClientLinks, LinkVerifier], exports: [LinkKinds, LinkVerifier] })
export class LinkKindsModule {}
