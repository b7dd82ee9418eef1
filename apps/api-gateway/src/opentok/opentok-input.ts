import { MAX_T1_LENGTH, OpentokData, OpentokMediaMode, OpentokRole, ShortText } from '@parley/dto';
import { z } from 'zod';
import type { FromForm } from '../http/form-or-json-body.js';

const Location = z.ipv4('must be an IPv4 address').nullable().default(null);

/** POST /session. `sid` is ours: the session of the org that it is another name of. */
export const SessionInput = z.object({ mediaMode: OpentokMediaMode.default('routed'), location: Location, sid: ShortText.optional() }).prefault({});
export type SessionInput = z.output<typeof SessionInput>;

/** A form has no null: an empty field says nothing. */
export const withoutEmpty: FromForm = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

/** POST /session/:id/access. */
export const AccessInput = z
  .object({ role: OpentokRole.default('publisher'), expiresAt: z.int('must be whole epoch seconds').optional(), data: OpentokData.default('') })
  .prefault({});
export type AccessInput = z.output<typeof AccessInput>;

/** Digits are a number there; anything else stays what it is, and is refused. */
export const accessFromForm: FromForm = ({ expiresAt, ...fields }) => ({
  ...fields,
  ...(expiresAt === undefined ? {} : { expiresAt: /^\d{1,15}$/.test(expiresAt) ? Number(expiresAt) : expiresAt }),
});

/** POST /session/create, as the SDK sends it. */
export const SdkSessionInput = z
  .object({ 'p2p.preference': z.enum(['enabled', 'disabled']).default('disabled'), archiveMode: z.enum(['manual', 'always']).optional(), location: Location })
  .prefault({})
  .transform(({ 'p2p.preference': p2p, location }) => ({ mediaMode: p2p === 'enabled' ? ('relayed' as const) : ('routed' as const), location }));
export type SdkSessionInput = z.output<typeof SdkSessionInput>;

/** POST /session/:id/connect. */
export const ConnectInput = z.object({ token: z.string().min(1).max(MAX_T1_LENGTH), name: ShortText.optional() });
export type ConnectInput = z.output<typeof ConnectInput>;
