import { Controller, Get, Patch } from '@nestjs/common';
import { changeSettings, readSettings, SettingsChange, type SettingsDto } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { JsonBody } from '../http/json-body.js';
import { ForAdmin } from './for-admin.js';

/** What holds for every org (A6). */
@Controller('admin/v1/settings')
@ForAdmin()
export class AdminSettingsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  get(): Promise<SettingsDto> {
    return this.rpc.call(readSettings, {});
  }

  @Patch()
  change(@JsonBody(SettingsChange) change: SettingsChange): Promise<SettingsDto> {
    return this.rpc.call(changeSettings, change);
  }
}
