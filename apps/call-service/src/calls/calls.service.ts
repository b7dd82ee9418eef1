import { Injectable } from '@nestjs/common';
import { type BridgeState, callActRecorded, type ListOf, type PlacedCallDto, type UserCallDto } from '@parley/dto';
import { recorderOf } from '@parley/event-bus';
import type { Actor } from '@parley/jwt';
import { Database, type Tx } from '@parley/persistence';
import { CallsRepository, type UserOf } from './calls.repository.js';
import type { PlacedCall } from './placed-call.entity.js';

const recordAct = recorderOf(callActRecorded);

/** Calls in one message. */
const PAGE = 500;

const userOf = ({ orgId, subject }: Actor): UserOf => ({ orgId, userId: subject });

/** What becomes of calls once they are placed. */
@Injectable()
export class CallsService {
  constructor(
    private readonly db: Database,
    private readonly calls: CallsRepository,
  ) {}

  async find(actor: Actor, token: string): Promise<UserCallDto> {
    const call = await this.db.read((tx) => this.calls.findByToken(tx, userOf(actor), token));
    return call.toUserDto();
  }

  async listOngoing(actor: Actor, after: string | undefined): Promise<ListOf<UserCallDto>> {
    const { items, next } = await this.db.read((tx) => this.calls.listOngoing(tx, userOf(actor), { after, limit: PAGE }));
    return { items: items.map((call) => call.toUserDto()), next };
  }

  async stop(actor: Actor, token: string): Promise<UserCallDto> {
    const lock = (tx: Tx) => this.calls.lockByToken(tx, userOf(actor), token);
    return this.change(lock, (call, tx) => call.end(tx, 'stopped'), (call) => call.toUserDto());
  }

  async get(actor: Actor, callId: string): Promise<PlacedCallDto> {
    return (await this.db.read((tx) => this.calls.get(tx, actor.orgId, callId))).toDto();
  }

  /** Null for what is no call of the org, whatever it looks like. */
  async ofSession(orgId: string, callId: string): Promise<{ call: PlacedCallDto | null }> {
    const call = await this.db.read((tx) => this.calls.find(tx, orgId, callId));
    return { call: call?.toDto() ?? null };
  }

  async report(actor: Actor, callId: string, state: BridgeState): Promise<PlacedCallDto> {
    const lock = (tx: Tx) => this.calls.lock(tx, actor.orgId, callId);
    return this.change(lock, (call, tx) => call.report(tx, state), toDto);
  }

  /** Ends a call of anybody in the org, or in any. */
  async endFor(admin: Actor, orgId: string | undefined, callId: string): Promise<PlacedCallDto> {
    const lock = (tx: Tx) => this.calls.lock(tx, orgId, callId);
    return this.change(lock, (call, tx) => endAs(admin, call, tx), toDto);
  }

  /** Ends what is over although nobody asks. @returns how many calls */
  endDue(limit: number): Promise<number> {
    return this.db.write([], async (tx) => {
      const due = await this.calls.lockDue(tx, limit);
      await this.settleAll(tx, due);
      return due.length;
    });
  }

  /** The same for these, in a transaction that goes on. */
  async settle(tx: Tx, ids: readonly string[]): Promise<void> {
    await this.settleAll(tx, await this.calls.lockOngoing(tx, ids));
  }

  private async settleAll(tx: Tx, calls: readonly PlacedCall[]): Promise<void> {
    for (const call of calls) {
      call.settle(tx);
      await this.calls.save(tx, call);
    }
  }

  /** What is over by now is over before anything else happens to it. */
  private change<Dto>(lock: (tx: Tx) => Promise<PlacedCall>, act: (call: PlacedCall, tx: Tx) => void, tell: (call: PlacedCall) => Dto): Promise<Dto> {
    return this.db.write([], async (tx) => {
      const call = await lock(tx);
      const before = call.state;
      call.settle(tx);
      act(call, tx);
      if (call.state !== before) await this.calls.save(tx, call);
      return tell(call);
    });
  }
}

const toDto = (call: PlacedCall): PlacedCallDto => call.toDto();

/** It is kept who did, if it was not over already. */
function endAs(admin: Actor, call: PlacedCall, tx: Tx): void {
  if (!call.isOngoing) return;
  call.end(tx, 'admin');
  const { id, orgId, userId, username } = call.state;
  recordAct(tx, admin, { orgId, act: 'call.ended', target: { kind: 'call', id }, details: { userId, username } });
}
