import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import { getSigningKeys, type Service } from '@parley/dto';
import { AccessTokenVerifier, KeySet } from '@parley/jwt';
import { natsOptions } from '@parley/platform';
import { RpcClient } from './rpc-client.js';
import { RpcErrorFilter } from './rpc-error.filter.js';
import { RpcInterceptor } from './rpc.interceptor.js';
import { TokenVerifiers } from './token-verifiers.js';

interface RpcOptions {
  service: Service;
  natsUrl: string;
}

/** `RpcClient`, and what `@Rpc` needs, everywhere in a process. Access tokens are verified with the keys that auth publishes. */
@Global()
@Module({})
export class RpcModule {
  static forRoot({ service, natsUrl }: RpcOptions): DynamicModule {
    return {
      module: RpcModule,
      providers: [
        { provide: ClientNats, useFactory: () => new ClientNats(natsOptions(natsUrl, `${service} client`)) },
        RpcClient,
        RpcErrorFilter,
        RpcInterceptor,
        {
          provide: AccessTokenVerifier,
          useFactory: (client: RpcClient) => new AccessTokenVerifier(new KeySet(() => client.call(getSigningKeys, {}))),
          inject: [RpcClient],
        },
        {
          provide: TokenVerifiers,
          useFactory: (access: AccessTokenVerifier) => {
            const verifiers = new TokenVerifiers();
            verifiers.use('access', access);
            return verifiers;
          },
          inject: [AccessTokenVerifier],
        },
      ],
      exports: [RpcClient, AccessTokenVerifier, TokenVerifiers, RpcInterceptor, RpcErrorFilter],
    };
  }
}
