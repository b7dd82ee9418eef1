import { Injectable } from '@nestjs/common';
import type { CallRecordDto, listCalls, ReplyOf, RequestOf } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { RecordsRepository } from './records.repository.js';

@Injectable()
export class RecordsService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordsRepository,
  ) {}

  async list({ orgId }: Actor, request: RequestOf<typeof listCalls>): Promise<ReplyOf<typeof listCalls>> {
    const found = await this.db.read((tx) => this.records.list(tx, orgId, request));
    return { ...found, items: found.items.map((record) => record.toDto()) };
  }

  async get({ orgId }: Actor, callId: string): Promise<CallRecordDto> {
    const record = await this.db.read((tx) => this.records.get(tx, orgId, callId));
    return record.toDto();
  }
}
