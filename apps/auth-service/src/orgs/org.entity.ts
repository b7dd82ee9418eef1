import type { Limits, OrgAdminDto, OrgChange, OrgDto } from '@parley/dto';

/** A row of the table, its columns in our names. */
export interface OrgRow extends Limits {
  id: string;
  name: string;
  active: boolean;
}

/** An organisation: the tenant that everything belongs to. */
export class Org {
  constructor(private row: OrgRow) {}

  get id(): string {
    return this.row.id;
  }

  get active(): boolean {
    return this.row.active;
  }

  /** What the table is to hold. */
  get state(): Readonly<OrgRow> {
    return this.row;
  }

  change({ name = this.row.name, active = this.row.active, limits = {} }: OrgChange): void {
    const { callsPerUser = this.row.callsPerUser, ongoingCalls = this.row.ongoingCalls } = limits;
    this.row = { ...this.row, name, active, callsPerUser, ongoingCalls };
  }

  toDto(): OrgDto {
    const { id, name, active } = this.row;
    return { orgId: id, name, active };
  }

  toAdminDto(): OrgAdminDto {
    const { callsPerUser, ongoingCalls } = this.row;
    return { ...this.toDto(), limits: { callsPerUser, ongoingCalls } };
  }
}
