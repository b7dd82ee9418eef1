import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type ReplyOf, type RequestOf, verifyLinks } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { LinksService } from './links.service.js';

@Controller()
export class LinksController {
  constructor(private readonly links: LinksService) {}

  @Rpc(verifyLinks)
  async verify(@Payload() { links }: RequestOf<typeof verifyLinks>): Promise<ReplyOf<typeof verifyLinks>> {
    return { verified: await Promise.all(links.map((link) => this.links.verify(link))) };
  }
}
