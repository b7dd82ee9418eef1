import type { BanDto } from '@parley/dto';

/** Somebody who may not enter, as a row in our names. */
export interface BanRow {
  id: string;
  orgId: string;
  person: string;
  /** Everything that the person is known by, `person` first. */
  people: string[];
  /** Null: every session of the org. */
  sid: string | null;
  until: Date | null;
  reason: string | null;
  created: Date;
  lifted: Date | null;
  sequence: number;
  /** In force now. */
  active: boolean;
}

/** Whom to ban, where and for how long. */
export type NewBan = Pick<BanRow, 'orgId' | 'person' | 'people' | 'sid' | 'reason'> & { until: string | null };

export const banDto = ({ id, orgId, person, sid, reason, active, ...row }: BanRow): BanDto => ({
  ...{ banId: id, orgId, person, sid, reason, active },
  until: row.until?.toISOString() ?? null,
  created: row.created.toISOString(),
  lifted: row.lifted?.toISOString() ?? null,
});
