import { Module } from '@nestjs/common';
import { OpaqueTokenGuard } from './opaque-token.guard.js';
import { OpaqueTokens } from './opaque-tokens.js';

/** One memory of exchanged tokens for every dialect that takes them. */
@Module({ providers: [OpaqueTokens, OpaqueTokenGuard], exports: [OpaqueTokens, OpaqueTokenGuard] })
export class OpaqueTokensModule {}
