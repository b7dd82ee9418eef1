import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { anyCredentials } from '../tokens/client-credentials.js';
import { Form } from '../tokens/form.js';
import type { ClientHeaders } from '../tokens/tokens.controller.js';
import { type ClientCall, ClientEndpointsService, type Json } from './client-endpoints.service.js';

@Controller('oauth')
export class ClientEndpointsController {
  constructor(private readonly endpoints: ClientEndpointsService) {}

  @Post('introspect')
  @HttpCode(200)
  introspect(@Headers() headers: ClientHeaders, @Body() form?: Form): Promise<Json> {
    return this.endpoints.introspect(callOf(headers, form));
  }

  @Post('revoke')
  @HttpCode(200)
  revoke(@Headers() headers: ClientHeaders, @Body() form?: Form): Promise<void> {
    return this.endpoints.revoke(callOf(headers, form));
  }

  @Post('par')
  @HttpCode(201)
  push(@Headers() headers: ClientHeaders, @Body() form?: Form): Promise<Json> {
    return this.endpoints.push(callOf(headers, form));
  }

  @Post('device')
  @HttpCode(200)
  startDevice(@Headers() headers: ClientHeaders, @Body() form?: Form): Promise<Json> {
    return this.endpoints.startDevice(callOf(headers, form));
  }
}

const callOf = ({ authorization, dpop }: ClientHeaders, form = new Form('')): ClientCall => ({ presented: anyCredentials(authorization, form), form, dpop });
