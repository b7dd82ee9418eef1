import type { OrgDto } from '@parley/dto';

/** A row of the table, its columns in our names. */
export interface OrgRow {
  id: string;
  name: string;
  active: boolean;
}

/** An organisation: the tenant that everything belongs to. */
export class Org {
  constructor(private readonly row: OrgRow) {}

  get id(): string {
    return this.row.id;
  }

  toDto(): OrgDto {
    const { id, name, active } = this.row;
    return { orgId: id, name, active };
  }
}
