import { CALL_SCOPE, type ClientAdminDto, type ClientChange, COVIU_SCOPE, type NewClient } from '@parley/dto';

/** What is registered of a client: a row of the table, its columns in our names. */
export type RegisteredClientRow = Omit<ClientAdminDto, 'clientId'> & { id: string };

/** A client as it was registered, whatever secrets it has. */
export class RegisteredClient {
  constructor(private row: RegisteredClientRow) {}

  /** Without grant types it speaks the Coviu API, unless it is to place calls for users (click-to-call.md, Admin interface). */
  static from(id: string, orgId: string, wishes: NewClient): RegisteredClient {
    const { name, clickToCall = 'off', queryToken = false, redirectUris = [] } = wishes;
    const grantTypes = wishes.grantTypes ?? (clickToCall === 'off' ? ['client_credentials', 'refresh_token'] : ['authorization_code', 'refresh_token']);
    const forUsers = clickToCall !== 'off' || grantTypes.includes('authorization_code');
    const scopes = wishes.scopes ?? [forUsers ? CALL_SCOPE : COVIU_SCOPE];
    return new RegisteredClient({ id, orgId, name, active: true, grantTypes, redirectUris, clickToCall, queryToken, scopes, limits: { callsPerUser: null } });
  }

  get id(): string {
    return this.row.id;
  }

  get active(): boolean {
    return this.row.active;
  }

  /** What the table is to hold. */
  get state(): Readonly<RegisteredClientRow> {
    return this.row;
  }

  change({ limits = {}, ...change }: ClientChange): void {
    const named = Object.entries(change).filter(([, value]) => value !== undefined);
    const { callsPerUser = this.row.limits.callsPerUser } = limits;
    this.row = { ...this.row, ...(Object.fromEntries(named) as Partial<RegisteredClientRow>), limits: { callsPerUser } };
  }

  toDto(): ClientAdminDto {
    const { id: clientId, ...rest } = this.row;
    return { clientId, ...rest };
  }
}
