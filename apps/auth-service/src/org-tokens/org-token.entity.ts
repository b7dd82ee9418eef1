import { randomBytes } from 'node:crypto';
import type { OrgTokenDto } from '@parley/dto';

/** A row of the table, its columns in our names. */
export interface OrgTokenRow {
  id: string;
  orgId: string;
  name: string;
  active: boolean;
}

/** Says what it is, so that one that got lost can be found by those who look for such things. */
const PREFIX = 'prl_org_';

export const newOrgToken = (): string => `${PREFIX}${randomBytes(32).toString('base64url')}`;

export const couldBeOrgToken = (text: string): boolean => /^prl_org_[\w-]{43}$/.test(text);

/** A long-lived token of an org, known by its hash. */
export class OrgToken {
  constructor(private row: OrgTokenRow) {}

  get id(): string {
    return this.row.id;
  }

  get orgId(): string {
    return this.row.orgId;
  }

  get active(): boolean {
    return this.row.active;
  }

  revoke(): void {
    this.row = { ...this.row, active: false };
  }

  toDto(): OrgTokenDto {
    const { id, orgId, name, active } = this.row;
    return { tokenId: id, orgId, name, active };
  }
}
