import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type ReplyOf, type RequestOf, verifyLink } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { LinksService } from './links.service.js';

@Controller()
export class LinksController {
  constructor(private readonly links: LinksService) {}

  @Rpc(verifyLink)
  verify(@Payload() { link }: RequestOf<typeof verifyLink>): Promise<ReplyOf<typeof verifyLink>> {
    return this.links.verify(link);
  }
}
