import { Injectable } from '@nestjs/common';
import { type CloudEvent, type DataOf, entryGranted, participantLeft, sessionEnded, sessionStarted } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { RecordsRepository } from './records.repository.js';

/** Call records are told by events alone: nothing is asked, so a record is whole however late its events come. */
@Injectable()
export class RecordsConsumer {
  constructor(private readonly records: RecordsRepository) {}

  @OnEvent(sessionStarted)
  begin(data: DataOf<typeof sessionStarted>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.records.insert(tx, orgid, data);
  }

  @OnEvent(entryGranted)
  join(data: DataOf<typeof entryGranted>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.records.join(tx, orgid, data);
  }

  @OnEvent(participantLeft)
  leave(data: DataOf<typeof participantLeft>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.records.leave(tx, orgid, data);
  }

  @OnEvent(sessionEnded)
  end(data: DataOf<typeof sessionEnded>, tx: Tx, { orgid }: CloudEvent): Promise<void> {
    return this.records.end(tx, orgid, data);
  }
}
