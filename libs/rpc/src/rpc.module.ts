import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import { getSigningKeys, listRevocations, type Service } from '@parley/dto';
import { AccessTokenVerifier, KeySet, Revocations } from '@parley/jwt';
import { natsOptions } from '@parley/platform';
import { Live } from './live.js';
import { RpcClient } from './rpc-client.js';
import { RpcErrorFilter } from './rpc-error.filter.js';
import { RpcInterceptor } from './rpc.interceptor.js';
import { TokenVerifiers } from './token-verifiers.js';

interface RpcOptions {
  service: Service;
  natsUrl: string;
}

const keysOf = (client: RpcClient): KeySet => new KeySet(() => client.call(getSigningKeys, {}));

/**
 * `RpcClient`, `Live`, and what `@Rpc` needs, everywhere in a process. Access tokens are verified with the keys that auth publishes.
 * Whether one was revoked, and whether the key that it is bound to was shown, only the gateway asks: every caller of a service has come through it.
 */
@Global()
@Module({})
export class RpcModule {
  static forRoot({ service, natsUrl }: RpcOptions): DynamicModule {
    return {
      module: RpcModule,
      providers: [
        { provide: ClientNats, useFactory: () => new ClientNats(natsOptions(natsUrl, `${service} client`)) },
        RpcClient,
        Live,
        RpcErrorFilter,
        RpcInterceptor,
        {
          provide: Revocations,
          useFactory: (client: RpcClient) => new Revocations((request) => client.call(listRevocations, request)),
          inject: [RpcClient],
        },
        {
          provide: AccessTokenVerifier,
          useFactory: (client: RpcClient, revocations: Revocations) =>
            service === 'gateway' ? new AccessTokenVerifier(keysOf(client), revocations) : new AccessTokenVerifier(keysOf(client), undefined, 'checked-before'),
          inject: [RpcClient, Revocations],
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
      exports: [RpcClient, Live, AccessTokenVerifier, Revocations, TokenVerifiers, RpcInterceptor, RpcErrorFilter],
    };
  }
}
