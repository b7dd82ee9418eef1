import { Module } from '@nestjs/common';
import { OrgGuard } from '../coviu/access/bearer.guard.js';
import { OpaqueTokensModule } from '../opaque-tokens/opaque-tokens.module.js';
import { AliasDoorController } from './alias-door.controller.js';
import { DatagramAliasesController } from './aliases.controller.js';
import { OrgTokenGuard } from './for-org-token.js';
import { ShownGuard } from './shown.guard.js';

/** The Datagram Link dialect: `docs/api/datagram.md`. */
@Module({ imports: [OpaqueTokensModule], controllers: [DatagramAliasesController, AliasDoorController], providers: [OrgTokenGuard, OrgGuard, ShownGuard] })
export class DatagramModule {}
