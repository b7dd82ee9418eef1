import { Module } from '@nestjs/common';
import { OrgGuard } from '../coviu/access/bearer.guard.js';
import { OpaqueTokensModule } from '../opaque-tokens/opaque-tokens.module.js';
import { AnonymousRate } from './anonymous-rate.js';
import { OpentokController } from './opentok.controller.js';
import { OpentokGuard } from './opentok.guard.js';
import { OpentokSdkController } from './opentok-sdk.controller.js';

/** The OpenTok dialect: `docs/api/opentok.md`. */
@Module({ imports: [OpaqueTokensModule], controllers: [OpentokSdkController, OpentokController], providers: [OrgGuard, OpentokGuard, AnonymousRate] })
export class OpentokModule {}
