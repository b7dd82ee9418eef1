import { Inject, Injectable } from '@nestjs/common';
import { AppError, inviteToCall, type PlacedCallDto } from '@parley/dto';
import { LOGGER, type Logger } from '@parley/platform';
import { RpcClient } from '@parley/rpc';
import type { Resource } from '../hal.js';
import { type EntryUrls, placedCallResource } from './placed-call.presenter.js';

const none: EntryUrls = { caller: null, callee: null };

/** Placed calls with the links by which people enter them. */
@Injectable()
export class PlacedCallResources {
  constructor(
    private readonly rpc: RpcClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A call is shown also while nobody can say by which links it is entered: a bridge goes by its state. */
  async of(call: PlacedCallDto): Promise<Resource> {
    const urls = call.endedAt === null ? await this.rpc.call(inviteToCall, { callId: call.callId }).catch((error: unknown) => this.withoutLinks(error)) : none;
    return placedCallResource(call, urls);
  }

  private withoutLinks(error: unknown): EntryUrls {
    if (!(error instanceof AppError) || error.kind !== 'unavailable') throw error;
    this.logger.warn({ err: error }, 'a placed call is shown without its links');
    return none;
  }
}
