import { type DynamicModule, Module } from '@nestjs/common';
import { PUBLIC_URL, UserCallsController } from './calls.controller.js';
import { TokenCarriage } from './token-carriage.js';
import { TokenPlaceGuard, UserGuard } from './user-token.guard.js';

/** The ClickToCall dialect: `docs/api/click-to-call-calls.md`. */
@Module({ controllers: [UserCallsController], providers: [TokenCarriage, TokenPlaceGuard, UserGuard] })
export class ClickToCallModule {
  static forRoot(publicUrl: string): DynamicModule {
    return { module: ClickToCallModule, providers: [{ provide: PUBLIC_URL, useValue: publicUrl.replace(/\/+$/, '') }] };
  }
}
