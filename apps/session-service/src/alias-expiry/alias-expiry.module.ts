import { Module } from '@nestjs/common';
import { AliasesModule } from '../aliases/aliases.module.js';
import { AliasExpiry } from './alias-expiry.js';

/** Apart from the aliases themselves, so that they can be used without anything going on by itself. */
@Module({ imports: [AliasesModule], providers: [AliasExpiry] })
export class AliasExpiryModule {}
