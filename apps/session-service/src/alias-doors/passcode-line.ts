import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@parley/persistence';
import { guessesUsedUp } from './alias-doors.errors.js';

/** datagram-link.md, A1: wrong passcodes that an alias takes in 15 minutes, over all instances. */
export const MAX_WRONG = 10;

const showSql = prepared('passcode-shown', `select admitted, free_at as "freeAt" from passcode_shown($1, $2, ${MAX_WRONG}, interval '15 minutes')`);

/** Counts wrong passcodes. Each that is shown, right or wrong, takes its place in one line, so that no burst gets more answers than there are guesses. */
@Injectable()
export class PasscodeLine {
  constructor(private readonly db: Database) {}

  /** @throws `alias.guesses`, right or wrong, after the last guess of 15 minutes and until they are over */
  async show(aliasUid: string, isRight: boolean): Promise<void> {
    const [row] = await this.db.query<{ admitted: boolean; freeAt: Date }>(showSql, [aliasUid, isRight]);
    if (row && !row.admitted) throw guessesUsedUp(row.freeAt);
  }
}
