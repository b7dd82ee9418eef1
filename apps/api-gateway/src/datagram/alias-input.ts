import { AliasName, AliasType, JwtSecret, Passcode, ShortText, StreamKeyInput } from '@parley/dto';
import { z } from 'zod';

/** Whole epoch seconds, within the years that a calendar has. */
const Epoch = z
  .int('must be whole epoch seconds')
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => new Date(seconds * 1000).toISOString());

const optional = {
  name: AliasName.nullable().optional(),
  passcode: Passcode.nullable().optional(),
  jwt_secret: JwtSecret.nullable().optional(),
  stream_key: StreamKeyInput.nullable().optional(),
};

/** A3. `sid` is ours: the session that the alias is a door to. */
export const NewAliasInput = z
  .object({ type: AliasType, expired_at: Epoch, ...optional, sid: ShortText.optional() })
  .transform(({ expired_at: expiresAt, jwt_secret: jwtSecret, stream_key: streamKey, ...rest }) => ({ ...rest, expiresAt, jwtSecret, streamKey }));
export type NewAliasInput = z.output<typeof NewAliasInput>;

/** A4: any subset of them. */
export const AliasChangeInput = z
  .object({ type: AliasType.optional(), expired_at: Epoch.optional(), ...optional })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'must name at least one field to change')
  .transform(({ expired_at: expiresAt, jwt_secret: jwtSecret, stream_key: streamKey, ...rest }) => ({ ...rest, expiresAt, jwtSecret, streamKey }));
export type AliasChangeInput = z.output<typeof AliasChangeInput>;

/** A2. A parameter that is given twice arrives as a list. */
export const AliasListQuery = z.object({ type: AliasType.optional(), after: z.string('must be given once').min(1).max(256).optional() });
export type AliasListQuery = z.output<typeof AliasListQuery>;

/** Joining. An empty body is a body that says nothing. */
export const JoinInput = z.object({ name: ShortText.optional() }).prefault({});
export type JoinInput = z.output<typeof JoinInput>;
