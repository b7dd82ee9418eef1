import { Injectable } from '@nestjs/common';
import { type CloudEvent, type DataOf, entryGranted, participantLeft, roleChanged, sessionEnded, sessionStarted } from '@parley/dto';
import { OnEvent } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import { UsageLedger } from '../usage/usage-ledger.js';
import { type Occurrence, RecordsRepository } from './records.repository.js';

/**
 * Call records are told by events alone: nothing is asked, so a record is whole however late its events come, and it is the same in
 * whatever order. What was used is booked in the transaction that changes the record.
 */
@Injectable()
export class RecordsConsumer {
  constructor(
    private readonly records: RecordsRepository,
    private readonly ledger: UsageLedger,
  ) {}

  @OnEvent(sessionStarted)
  begin(data: DataOf<typeof sessionStarted>, tx: Tx, event: CloudEvent): void {
    this.records.begin(tx, occurrenceOf(event, data, data.startedAt));
  }

  @OnEvent(entryGranted)
  join(data: DataOf<typeof entryGranted>, tx: Tx, event: CloudEvent): void {
    this.records.join(tx, occurrenceOf(event, data, data.enteredAt), { data, sequence: event.sequence });
    this.ledger.book(tx, data.entryId);
  }

  @OnEvent(roleChanged)
  changeRole(data: DataOf<typeof roleChanged>, tx: Tx, event: CloudEvent): void {
    this.records.changeRole(tx, occurrenceOf(event, data, data.changedAt), { data, sequence: event.sequence });
  }

  @OnEvent(participantLeft)
  leave(data: DataOf<typeof participantLeft>, tx: Tx, event: CloudEvent): void {
    this.records.leave(tx, occurrenceOf(event, data, data.leftAt), { data, sequence: event.sequence });
    this.ledger.book(tx, data.entryId);
  }

  @OnEvent(sessionEnded)
  end(data: DataOf<typeof sessionEnded>, tx: Tx, event: CloudEvent): void {
    this.records.end(tx, occurrenceOf(event, data, data.startedAt), { data, sequence: event.sequence });
  }
}

const occurrenceOf = ({ orgid }: CloudEvent, { sessionId, sid }: { sessionId: string; sid: string }, at: string): Occurrence => ({ orgId: orgid, sessionId, sid, at });
