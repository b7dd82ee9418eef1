import { PersonKey, type revokeLinks, type RequestOf, ShortText } from '@parley/dto';
import type { LiveMatch } from '../leases/live-entries.repository.js';
import { revocationKey } from './revocations.errors.js';
import type { Revocable, ValidFromRow } from './valid-from.repository.js';

/** SHA-256 in base64url. */
const LINK_ID = /^[\w-]{43}$/;

type Asked = Pick<RequestOf<typeof revokeLinks>, 'kind' | 'key'>;

/** What is to be revoked, for every kind but a link that is given whole. @throws `revocation.key` */
export function revocableOf(orgId: string, { kind, key = '' }: Asked): Revocable {
  if (kind === 'org') return { kind, key: orgId };
  const fits = kind === 'link' ? LINK_ID.test(key) : (kind === 'person' ? PersonKey : ShortText).safeParse(key).success;
  if (!fits) throw revocationKey(kind);
  return { kind, key };
}

/** The live entries that were got through what is revoked now. */
export function entriesUnder({ orgId, kind, key, at }: ValidFromRow): LiveMatch {
  if (kind === 'link') return { orgId, linkId: key };
  const issued = { orgId, issuedBefore: at };
  switch (kind) {
    case 'org':
      return issued;
    case 'client':
      return { ...issued, clientId: key };
    case 'subscription':
      return { ...issued, subscriptionId: key };
    case 'session':
      return { ...issued, sid: key };
    case 'person':
      return { ...issued, people: [key] };
  }
}
