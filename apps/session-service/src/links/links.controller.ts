import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { enterByLink, type EntryDto, previewLink, type ReplyOf, type RequestOf } from '@parley/dto';
import { Rpc } from '@parley/rpc';
import { LinksService } from './links.service.js';

@Controller()
export class LinksController {
  constructor(private readonly links: LinksService) {}

  @Rpc(enterByLink)
  enter(@Payload() { link }: RequestOf<typeof enterByLink>): Promise<EntryDto> {
    return this.links.enter(link);
  }

  @Rpc(previewLink)
  preview(@Payload() { link }: RequestOf<typeof previewLink>): Promise<ReplyOf<typeof previewLink>> {
    return this.links.preview(link);
  }
}
