import type { CallRecordDto } from '@parley/dto';

type ParticipantDto = CallRecordDto['participants'][number];

/** A row with what SQL computes: the duration by the database's clock, and the participants as JSON in the order of joining. */
export interface CallRecordRow {
  id: string;
  orgId: string;
  sid: string;
  started: Date;
  ended: Date | null;
  endReason: CallRecordDto['endReason'];
  /** Of a call that goes on: until now. */
  durationSeconds: number;
  participants: ParticipantDto[];
}

/** The record of one occurrence of a session. Its times come from the events, so it is the same whenever they arrive. */
export class CallRecord {
  constructor(private readonly row: CallRecordRow) {}

  toDto(): CallRecordDto {
    const { id, orgId, sid, started, ended, endReason, durationSeconds, participants } = this.row;
    const times = { started: started.toISOString(), ended: ended?.toISOString() ?? null, durationSeconds };
    return { callId: id, orgId, sid, ...times, endReason, participants: participants.map(withInstants) };
  }
}

/** Times inside JSON arrive in PostgreSQL's own form, with an offset. */
const instant = (text: string): string => new Date(text).toISOString();

const withInstants = ({ joined, left, ...rest }: ParticipantDto): ParticipantDto => ({ ...rest, joined: instant(joined), left: left && instant(left) });
