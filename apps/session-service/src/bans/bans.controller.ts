import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type BanDto, banEntry, banPerson, type EntryDto, getBan, liftBan, listBans, type ReplyOf, type RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Caller, Rpc } from '@parley/rpc';
import { BansService } from './bans.service.js';

@Controller()
export class BansController {
  constructor(private readonly bans: BansService) {}

  @Rpc(banPerson)
  ban(@Payload() terms: RequestOf<typeof banPerson>, @Caller() actor: Actor): Promise<BanDto> {
    return this.bans.ban(actor, terms);
  }

  @Rpc(banEntry)
  banEntry(@Payload() place: RequestOf<typeof banEntry>, @Caller() actor: Actor): Promise<EntryDto> {
    return this.bans.banEntry(actor, place);
  }

  @Rpc(listBans)
  list(@Payload() request: RequestOf<typeof listBans>, @Caller() actor: Actor): Promise<ReplyOf<typeof listBans>> {
    return this.bans.list(actor, request);
  }

  @Rpc(getBan)
  get(@Payload() { banId }: RequestOf<typeof getBan>, @Caller() actor: Actor): Promise<BanDto> {
    return this.bans.get(actor, banId);
  }

  @Rpc(liftBan)
  lift(@Payload() { banId }: RequestOf<typeof liftBan>, @Caller() actor: Actor): Promise<BanDto> {
    return this.bans.lift(actor, banId);
  }
}
