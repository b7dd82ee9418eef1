import { ShortText } from '@parley/dto';
import { z } from 'zod';
import { linkClaims } from './link-kinds.errors.js';

/** Optional claims that real clients also send empty. */
const absent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(absent, schema.optional());

/** Picture and way back: shown and followed by browsers, so nothing but the web, and no blanks and control characters, which parsers of URLs drop silently. */
const WebUrl = z
  .string()
  .max(2048)
  .regex(/^[!-~\u0080-\uffff]*$/)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text));

/** NumericDate (RFC 7519, section 2), within the years that a calendar has. */
const Time = z.number().min(-62_135_596_800).max(253_402_300_799).optional();

const common = {
  iss: ShortText,
  un: ShortText,
  ref: ShortText,
  sid: ShortText,
  sub: optional(ShortText),
  img: optional(WebUrl),
  rtn: optional(WebUrl),
  nbf: Time,
  exp: Time,
  iat: Time,
};

/** What a session link says (coviu.md, C9). Unknown claims are ignored. */
const LinkClaims = z.discriminatedUnion('rle', [
  z.object({ ...common, rle: z.literal('owner'), email: ShortText }),
  z.object({ ...common, rle: z.literal('guest'), email: optional(ShortText) }),
]);
export type LinkClaims = z.output<typeof LinkClaims>;

/** @throws `link.claims` naming every faulty claim */
export function readClaims(claims: unknown): LinkClaims {
  const parsed = LinkClaims.safeParse(claims);
  if (!parsed.success) throw linkClaims([...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]);
  return parsed.data;
}
