import type { AliasDto } from '@parley/dto';
import { epoch } from '../coviu/hal.js';

/** datagram-link.md: these fields, in this order; what it has not is null. */
export const aliasFields = ({ aliasId, type, name, passcode, jwtSecret, streamKey, expiresAt, createdAt }: AliasDto) => ({
  id: aliasId,
  type,
  name,
  passcode,
  jwt_secret: jwtSecret,
  stream_key: streamKey,
  expired_at: epoch(expiresAt),
  inserted_at: epoch(createdAt),
});

export interface AliasData {
  data: ReturnType<typeof aliasFields>;
}

export const aliasData = (alias: AliasDto): AliasData => ({ data: aliasFields(alias) });
