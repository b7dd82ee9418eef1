import { z } from 'zod';

/** A point in time as it travels inside Parley: ISO 8601, UTC, milliseconds. The HTTP dialects turn it into their own form. */
export const Instant = z.iso.datetime();

/** The scope of an API client: everything of its own org under `/v1` (contract: coviu.md, C1). */
export const COVIU_SCOPE = 'coviu-enterprise-api';

/** For API clients, each about its own org. */
export const ofOrg = { access: 'access', scope: COVIU_SCOPE, callers: ['gateway'] } as const;

/** `aud` of every access token. */
export const API_AUDIENCE = 'urn:parley:api';

/** The largest page, and the default one (coviu.md, Pages). */
export const MAX_PAGE_COUNT = 200;

/** A zero-based page in creation order; `cursor` is the opaque place that a link carries. */
export const PageRequest = z.object({
  page: z.int().min(0).default(0),
  count: z.int().min(1).max(MAX_PAGE_COUNT).default(MAX_PAGE_COUNT),
  cursor: z.string().max(256).optional(),
});
export type PageRequest = z.output<typeof PageRequest>;

const PageLink = z.object({ page: z.int().min(0), cursor: z.string().optional() });

/** One page: `next` is absent on the last, `previous` on the first. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), page: z.int(), count: z.int(), next: PageLink.optional(), previous: PageLink.optional() });
export interface PageOf<T> {
  items: T[];
  page: number;
  count: number;
  next?: z.infer<typeof PageLink> | undefined;
  previous?: z.infer<typeof PageLink> | undefined;
}

/** Text without control characters (C0 and DEL): everything that is none. */
export const WITHOUT_CONTROLS = /^[ -~\u0080-\uffff]*$/;

/** A line of text that a person wrote: 1 to 256 characters, no control characters, no half of a surrogate pair (UTF-8 has none). */
export const ShortText = z
  .string()
  .min(1)
  .max(256)
  .regex(WITHOUT_CONTROLS, 'must not contain control characters')
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');
