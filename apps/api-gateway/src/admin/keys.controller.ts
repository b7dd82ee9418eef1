import { Controller, HttpCode, Post } from '@nestjs/common';
import { type KeyRotationDto, KeyRotationWish, rotateAccessKeys, rotateEntryKeys } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin } from './for-admin.js';

/** The keys that sign tokens (A9). */
@Controller('admin/v1/keys')
@ForAdmin()
export class AdminKeysController {
  constructor(private readonly rpc: RpcClient) {}

  @Post('access/rotate')
  @HttpCode(200)
  rotateAccess(@JsonBody(KeyRotationWish) wish: KeyRotationWish): Promise<KeyRotationDto> {
    return this.rpc.call(rotateAccessKeys, wish);
  }

  @Post('entry/rotate')
  @HttpCode(200)
  rotateEntry(@JsonBody(KeyRotationWish) wish: KeyRotationWish): Promise<KeyRotationDto> {
    return this.rpc.call(rotateEntryKeys, wish);
  }
}
