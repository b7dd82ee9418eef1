import { type DynamicModule, Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { OrgTokensModule } from '../org-tokens/org-tokens.module.js';
import { AccessController } from './access.controller.js';
import { AccessService } from './access.service.js';
import { OperatorToken } from './operator-token.js';
import { ShortTokens } from './short-tokens.js';

@Module({})
export class AccessModule {
  static forRoot(operatorToken: string | undefined): DynamicModule {
    return {
      module: AccessModule,
      imports: [KeysModule, OrgTokensModule],
      controllers: [AccessController],
      providers: [AccessService, ShortTokens, { provide: OperatorToken, useValue: new OperatorToken(operatorToken) }],
    };
  }
}
