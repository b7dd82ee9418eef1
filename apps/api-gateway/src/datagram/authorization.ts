/** The token of an `Authorization` value: with the word Bearer and a blank, with the word alone, or without either (datagram-link.md). */
export const tokenOf = (authorization: string | undefined): string | undefined => authorization?.replace(/^bearer\s*/i, '').trim();

/** Says of itself that it is one. */
export const isOrgToken = (token: string): boolean => token.startsWith('prl_org_');
