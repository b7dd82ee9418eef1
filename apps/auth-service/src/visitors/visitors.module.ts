import { Module } from '@nestjs/common';
import { Cookies } from './cookies.js';
import { FormGuard } from './form-guard.js';

/** What every page for a person stands on: who asks, and whether it is them. */
@Module({ providers: [Cookies, FormGuard], exports: [Cookies, FormGuard] })
export class VisitorsModule {}
