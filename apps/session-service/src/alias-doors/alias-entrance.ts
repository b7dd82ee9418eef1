import { Injectable } from '@nestjs/common';
import { type EntryDto, findOrg } from '@parley/dto';
import { RpcClient } from '@parley/rpc';
import { AdmissionService } from '../admission/admission.service.js';
import { AdmissionLimits } from '../limits/admission-limits.js';
import { askedBy, type Opened } from './alias-entry.js';

/** From an open alias into its session. No client signed anything here, so auth-service is asked whether the org still may. */
@Injectable()
export class AliasEntrance {
  constructor(
    private readonly rpc: RpcClient,
    private readonly admission: AdmissionService,
    private readonly limits: AdmissionLimits,
  ) {}

  async enter(opened: Opened, name: string | undefined): Promise<EntryDto> {
    const { active } = await this.rpc.call(findOrg, { orgId: opened.alias.orgId });
    return this.admission.admit(askedBy(opened, { name, active, liveMaxWatchers: this.limits.liveMaxWatchers }));
  }
}
