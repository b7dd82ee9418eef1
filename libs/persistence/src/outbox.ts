import { z } from 'zod';
import type { CloudEvent, DataInputOf, EventContract } from '@parley/dto';
import { uuidv7 } from './uuid.js';

/** One event of one aggregate. `sequence` is raised on the aggregate's row, under its lock: 1, 2, 3 without gaps. */
export interface Fact<C extends EventContract> {
  aggregate: string;
  sequence: number;
  orgId: string;
  data: DataInputOf<C>;
}

/** A row for the ledger, in the form that `insertOutbox` reads from JSON. */
export interface OutboxRow {
  event_id: string;
  aggregate: string;
  sequence: number;
  subject: string;
  org_id: string;
  envelope: CloudEvent;
}

/** Throws if the data doesn't fit the contract: a fact that readers can't read must stop the transaction that tells it. */
export function outboxRow<C extends EventContract>(contract: C, fact: Fact<C>, traceparent: string | undefined): OutboxRow {
  const { aggregate, sequence, orgId } = fact;
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new RangeError(`${contract.subject}: sequence ${sequence} of ${aggregate}`);
  const id = uuidv7();
  const envelope: CloudEvent = {
    specversion: '1.0',
    id,
    source: `parley/${contract.owner}`,
    type: contract.subject,
    subject: aggregate,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    orgid: orgId,
    sequence,
    ...(traceparent === undefined ? {} : { traceparent }),
    data: wireData(contract, fact.data),
  };
  return { event_id: id, aggregate, sequence, subject: contract.subject, org_id: orgId, envelope };
}

/** At most 768 KiB in UTF-8, below the 1 MiB that NATS takes by default: an event that no broker takes would hold up all behind it, for ever. */
const MAX_ENVELOPE_CHARS = 256 * 1024;

/** The events as the JSON parameter of `insertOutbox`. */
export function asParameter(rows: readonly OutboxRow[]): string {
  const text = JSON.stringify(rows);
  const long = text.length > MAX_ENVELOPE_CHARS && rows.find(({ envelope }) => JSON.stringify(envelope).length > MAX_ENVELOPE_CHARS);
  if (long) throw new RangeError(`${long.subject}: an event of ${long.aggregate} is longer than ${MAX_ENVELOPE_CHARS} characters`);
  return text;
}

/** The input form is what travels (an ISO text, not a Date), without keys the contract doesn't know. */
const wireData = (contract: EventContract, data: unknown): unknown => z.encode(contract.data, contract.data.parse(data));

/**
 * SQL that inserts the events of `Tx.takeEvents()`, given as parameter `param` (e.g. `$3`), for use inside a caller's own
 * statement: `with told as (${insertOutbox('$3')}) update ...`. Ids are drawn in the order of emission.
 */
export const insertOutbox = (param: string): string =>
  `insert into outbox (event_id, aggregate, sequence, subject, org_id, envelope)
   select event_id, aggregate, sequence, subject, org_id, envelope
   from json_to_recordset(${param}::json) as told(event_id uuid, aggregate text, sequence bigint, subject text, org_id text, envelope text)`;
