import { Injectable } from '@nestjs/common';
import type { KeyRotationDto, KeyRotationWish } from '@parley/dto';
import type { Actor, SigningKey } from '@parley/jwt';
import { KeyRing } from '@parley/persistence';
import { AdminReach } from '../orgs/admin-reach.js';
import { noteOf } from './access-keys.js';

/** What the operator may do with the keys that sign access tokens. */
@Injectable()
export class KeysAdminService {
  constructor(
    private readonly keys: KeyRing<SigningKey>,
    private readonly reach: AdminReach,
  ) {}

  async rotate(actor: Actor, { compromised }: KeyRotationWish): Promise<KeyRotationDto> {
    this.reach.requireOperator(actor);
    return compromised ? this.keys.replace(noteOf(actor)) : this.keys.begin(noteOf(actor));
  }
}
