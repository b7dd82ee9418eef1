import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import type { TokenBody } from '../engine/engine.js';
import { anyCredentials, basicCredentials } from './client-credentials.js';
import { Form } from './form.js';
import { TokensService } from './tokens.service.js';

/** Those that are about the client. */
export interface ClientHeaders {
  authorization?: string;
  dpop?: string;
}

/** The two token endpoints: the standard one, and the one of the Coviu API. */
@Controller()
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  /** RFC 6749, 3.2. */
  @Post('oauth/token')
  @HttpCode(200)
  standard(@Headers() { authorization, dpop }: ClientHeaders, @Body() form = new Form('')): Promise<TokenBody> {
    return this.tokens.grant({ presented: anyCredentials(authorization, form), form, dpop, coviu: false });
  }

  /** coviu.md, C1. */
  @Post('v1/auth/token')
  @HttpCode(200)
  coviu(@Headers('authorization') authorization?: string, @Body() form = new Form('')): Promise<TokenBody> {
    return this.tokens.grant({ presented: basicCredentials(authorization), form, coviu: true });
  }
}
