import { Injectable } from '@nestjs/common';
import type { AliasDto, EntryDto, joinOwnAlias, joinAlias, RequestOf, ShownAtAlias } from '@parley/dto';
import type { Actor } from '@parley/jwt';
import { noteOrg } from '@parley/platform';
import type { Alias } from '../aliases/alias.entity.js';
import { isSame } from '../aliases/alias-secrets.js';
import { aliasNotFound } from '../aliases/aliases.errors.js';
import type { FoundAlias } from '../aliases/aliases.repository.js';
import { AliasesService } from '../aliases/aliases.service.js';
import { signedPartHash } from '../link-kinds/session-link.js';
import { AliasEntrance } from './alias-entrance.js';
import type { Opened } from './alias-entry.js';
import { aliasProtected, aliasToken, aliasUnknown } from './alias-doors.errors.js';
import { readAliasJwt } from './alias-jwt.js';
import { PasscodeLine } from './passcode-line.js';

/** Whoever comes to an alias: what they see, and how they get in (datagram-link.md, A1 and Joining). */
@Injectable()
export class AliasDoorsService {
  constructor(
    private readonly aliases: AliasesService,
    private readonly passcodes: PasscodeLine,
    private readonly entrance: AliasEntrance,
  ) {}

  async see(shown: ShownAtAlias): Promise<AliasDto> {
    return (await this.open(shown)).alias.toPublicDto();
  }

  async join({ name, ...shown }: RequestOf<typeof joinAlias>): Promise<EntryDto> {
    return this.entrance.enter(await this.open(shown), name);
  }

  /** For the org an alias is there after its end, too. */
  async joinOwn({ orgId }: Actor, { aliasId, name }: RequestOf<typeof joinOwnAlias>): Promise<EntryDto> {
    return this.entrance.enter({ ...(await this.aliases.own(orgId, aliasId)), shown: 'org' }, name);
  }

  /** The table of A1, row by row. A token is judged first: it opens the alias also while passcodes are not taken. */
  private async open({ aliasId, passcode, token }: ShownAtAlias): Promise<Opened> {
    const found = await this.aliases.find(aliasId);
    if (!found || found.alias.isExpired(found.now)) throw token === undefined ? aliasUnknown() : aliasNotFound();
    noteOrg(found.alias.orgId);
    if (!found.alias.isProtected) return { ...found, shown: 'nothing' };
    const bearer = bearerOf(found, token);
    if (bearer) return { ...found, shown: 'jwt', bearer };
    if (await this.isRight(found.alias, passcode)) return { ...found, shown: 'passcode' };
    throw found.alias.secrets.jwtSecret !== null && token !== undefined ? aliasToken() : aliasProtected();
  }

  /** None, or an empty one, is no guess. */
  private async isRight(alias: Alias, given = ''): Promise<boolean> {
    const { passcode } = alias.secrets;
    if (passcode === null || given === '') return false;
    const right = isSame(given, passcode);
    await this.passcodes.show(alias.toRow().uid, right);
    return right;
  }
}

/** Of a good alias JWT; undefined: it is none, or the alias takes none. */
function bearerOf({ alias, now }: FoundAlias, token: string | undefined): Opened['bearer'] {
  const { jwtSecret } = alias.secrets;
  if (jwtSecret === null || token === undefined) return undefined;
  const bearer = readAliasJwt(token, { aliasId: alias.id, jwtSecret, now });
  return bearer && { ...bearer, hash: signedPartHash(token) };
}
