import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { bySystem, recordAct } from '../audit/record-act.js';
import { Guesses } from '../guesses/guesses.service.js';
import type { Form } from '../tokens/form.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { UsersService } from '../users/users.service.js';
import { badCredentials, credentialsMissing } from './login.errors.js';

/** The application at which somebody logs in: it says of which org they are. */
export interface At {
  id: string;
  orgId: string;
}

/** Whether somebody is who they say they are. */
@Injectable()
export class LoginService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly directory: UsersRepository,
    private readonly guesses: Guesses,
  ) {}

  /** @throws `invalid_credentials`, `too_many_failures` */
  async authenticate({ id, orgId }: At, form: Form): Promise<User> {
    if (!form.has('username') || !form.has('password')) throw credentialsMissing();
    const [username, password] = [form.one('username') ?? '', form.one('password') ?? ''];
    const guess = { secret: 'password', account: username, client: id, orgId } as const;
    const user = await this.guesses.attempt(guess, () => this.users.authenticate(orgId, username, password));
    if (user) return user;
    await this.recordFailure({ id, orgId }, username);
    throw badCredentials();
  }

  /** Not under the name that was typed: people type their password there. */
  private recordFailure({ id: clientId, orgId }: At, username: string): Promise<void> {
    return this.db.write([], async (tx) => {
      const userId = await this.directory.findId(tx, orgId, username);
      recordAct(tx, bySystem('login'), { orgId, act: 'login.failed', target: { kind: 'user', id: userId ?? 'unknown' }, details: { clientId } });
    });
  }
}
