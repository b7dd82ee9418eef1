import { Injectable } from '@nestjs/common';
import { EntryTokens } from './entry-tokens.js';
import { LinkTokens } from './link-tokens.js';

/** Everything that is signed with the keys of this service. */
@Injectable()
export class TokenSigners {
  constructor(
    private readonly entries: EntryTokens,
    private readonly links: LinkTokens,
  ) {}

  get issuer(): string {
    return this.entries.issuer;
  }

  /** Signs with the keys of that version from now on. */
  async follow(version: string): Promise<void> {
    await Promise.all([this.entries.follow(version), this.links.follow(version)]);
  }
}
