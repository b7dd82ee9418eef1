import { Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { createSdkOpentokSession, type OpentokSessionDto } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { FormOrJsonBody } from '../http/form-or-json-body.js';
import { SdkSessionInput, withoutEmpty } from './opentok-input.js';

/** What the SDK reads of a session. */
interface SdkSession {
  session_id: string;
  project_id: string;
  partner_id: string;
  create_dt: string;
  media_server_url: string;
}

/** Where the OpenTok server SDK makes sessions (opentok.md, Drop-in). */
@Controller('session/create')
export class OpentokSdkController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @HttpCode(200)
  create(@Headers('x-opentok-auth') auth: string | undefined, @FormOrJsonBody(SdkSessionInput, withoutEmpty) session: SdkSessionInput): Promise<SdkSession[]> {
    return this.rpc.call(createSdkOpentokSession, { auth: auth ?? '', ...session }).then((made) => [sdkSession(made)]);
  }
}

const sdkSession = ({ opentokSessionId, clientId, createdAt }: OpentokSessionDto): SdkSession => ({
  session_id: opentokSessionId,
  project_id: clientId,
  partner_id: clientId,
  create_dt: createdAt,
  media_server_url: '',
});
