import { Injectable } from '@nestjs/common';
import type { OrgDto } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { Database } from '@parley/persistence';
import { OrgsRepository } from './orgs.repository.js';

@Injectable()
export class OrgsService {
  constructor(
    private readonly db: Database,
    private readonly orgs: OrgsRepository,
  ) {}

  async get({ orgId }: Actor): Promise<OrgDto> {
    const org = await this.db.read((tx) => this.orgs.get(tx, orgId));
    return org.toDto();
  }
}
