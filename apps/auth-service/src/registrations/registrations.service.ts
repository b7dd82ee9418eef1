import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientAdminDto, ClientChange, ClientDetailsDto, ListOf, ListPage, NewClient, registerClient, ReplyOf, rotateClientSecret } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { recordAct } from '../audit/record-act.js';
import { tellRule } from '../call-rules/call-rules.js';
import { newClientSecret } from '../clients/client.entity.js';
import { publicClient, tooManySecrets } from '../clients/clients.errors.js';
import { AdminReach } from '../orgs/admin-reach.js';
import { RevocationsService } from '../revocations/revocations.service.js';
import { RegisteredClient } from './registered-client.entity.js';
import { RegistrationsRepository } from './registrations.repository.js';

/** So many secrets of a client may be valid at a time: each is tried whenever one is presented. */
const MAX_SECRETS = 10;

/** A place in the system that only an administrator of the org reaches. */
interface Place {
  orgId: string;
  clientId: string;
}

/** Clients as administrators register and change them. */
@Injectable()
export class RegistrationsService {
  constructor(
    private readonly db: Database,
    private readonly registrations: RegistrationsRepository,
    private readonly reach: AdminReach,
    private readonly revocations: RevocationsService,
  ) {}

  /** The id is random and not a UUIDv7, as ids of people are: both stand in `sub` of tokens and must never be equal. */
  register(actor: Actor, orgId: string, wishes: NewClient): Promise<ReplyOf<typeof registerClient>> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const client = RegisteredClient.from(randomUUID(), orgId, wishes);
      await this.registrations.insert(tx, client);
      const secret = client.isPublic ? {} : { clientSecret: await this.newSecret(tx, client) };
      const { clientId, ...details } = client.toDto();
      recordAct(tx, actor, { orgId, act: 'client.created', target: { kind: 'client', id: clientId }, details });
      return { ...client.toDto(), ...secret };
    });
  }

  list(actor: Actor, orgId: string, page: ListPage): Promise<ListOf<ClientAdminDto>> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const { items, next } = await this.registrations.list(tx, orgId, page);
      return { items: items.map((client) => client.toDto()), next };
    });
  }

  read(actor: Actor, { orgId, clientId }: Place): Promise<ClientDetailsDto> {
    return this.db.read(async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const client = await this.registrations.get(tx, orgId, clientId);
      return { ...client.toDto(), secrets: await this.registrations.listSecrets(tx, clientId) };
    });
  }

  change(actor: Actor, { orgId, clientId }: Place, change: ClientChange): Promise<ClientAdminDto> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const client = await this.registrations.lock(tx, orgId, clientId);
      const wasActive = client.active;
      client.change(change);
      await this.registrations.save(tx, client);
      if (change.limits) await tellRule(tx, { kind: 'client', orgId, key: clientId });
      if (wasActive && !client.active) await this.revocations.revoke(tx, { kind: 'client', key: clientId, orgId });
      const act = wasActive === client.active ? 'client.changed' : client.active ? 'client.enabled' : 'client.disabled';
      recordAct(tx, actor, { orgId, act, target: { kind: 'client', id: clientId }, details: change });
      return client.toDto();
    });
  }

  rotateSecret(actor: Actor, { orgId, clientId }: Place, overlapSeconds: number): Promise<ReplyOf<typeof rotateClientSecret>> {
    return this.db.write([], async (tx) => {
      await this.reach.enter(tx, actor, orgId);
      const client = await this.registrations.lock(tx, orgId, clientId);
      if (client.isPublic) throw publicClient();
      const going = await this.registrations.endSecrets(tx, clientId, overlapSeconds);
      if (overlapSeconds > 0 && going >= MAX_SECRETS) throw tooManySecrets(MAX_SECRETS);
      const clientSecret = await this.newSecret(tx, client);
      recordAct(tx, actor, { orgId, act: 'client.secret-rotated', target: { kind: 'client', id: clientId }, details: { overlapSeconds } });
      return { clientId, clientSecret };
    });
  }

  private async newSecret(tx: Tx, { id: clientId, state: { orgId } }: RegisteredClient): Promise<string> {
    const secret = newClientSecret();
    await this.registrations.insertSecret(tx, orgId, { clientId, secret });
    return secret;
  }
}
