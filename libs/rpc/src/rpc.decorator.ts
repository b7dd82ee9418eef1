import { applyDecorators, createParamDecorator, SetMetadata, UseFilters, UseInterceptors } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { RpcContract } from '@parley/dto';
import { currentRequest } from '@parley/platform';
import { RpcErrorFilter } from './rpc-error.filter.js';
import { RPC_CONTRACT, RpcInterceptor } from './rpc.interceptor.js';

/** Answers requests of one contract: the caller is verified, the request and the reply have its shapes, failures cross whole. */
export const Rpc = (contract: RpcContract): MethodDecorator =>
  applyDecorators(MessagePattern(contract.subject), SetMetadata(RPC_CONTRACT, contract), UseInterceptors(RpcInterceptor), UseFilters(RpcErrorFilter));

/** The verified caller: an `Actor` where the contract's access is `access`, an `EntryActor` where it is `entry`. */
export const Caller = createParamDecorator(() => currentRequest()?.caller);
