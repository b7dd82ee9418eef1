import type { UserChange, UserDto } from '@parley/dto';

/** A row of the table, its columns in our names. */
export interface UserRow {
  id: string;
  orgId: string;
  username: string;
  active: boolean;
  callsPerUser: number | null;
}

/** Somebody of an org who can log in. */
export class User {
  constructor(
    private row: UserRow,
    /** The stored hash of the password, of whom has just shown to know it. */
    readonly shownTo?: string,
  ) {}

  get id(): string {
    return this.row.id;
  }

  get orgId(): string {
    return this.row.orgId;
  }

  get username(): string {
    return this.row.username;
  }

  get active(): boolean {
    return this.row.active;
  }

  /** What the table is to hold. */
  get state(): Readonly<UserRow> {
    return this.row;
  }

  change({ active = this.row.active, limits = {} }: Omit<UserChange, 'password'>): void {
    const { callsPerUser = this.row.callsPerUser } = limits;
    this.row = { ...this.row, active, callsPerUser };
  }

  toDto(): UserDto {
    const { id, orgId, username, active, callsPerUser } = this.row;
    return { userId: id, orgId, username, active, limits: { callsPerUser } };
  }
}
