/** The caller of a request as an access token tells it. */
export interface Actor {
  kind: 'access';
  orgId: string;
  /** The `api_key`. */
  clientId: string;
  /** `sub`: the client itself, or the user for whom it acts. */
  subject: string;
  scopes: readonly string[];
  /** The operator of this Parley, who belongs to no org and administers all of them. */
  operator?: true;
}

/** The caller of a request as the token of one session entry tells it. */
export interface EntryActor {
  kind: 'entry';
  orgId: string;
  sid: string;
  entryId: string;
}

export type Caller = Actor | EntryActor;

/** Turns a bearer token into its caller, or throws `unauthenticated`. */
export interface TokenVerifier<C extends Caller = Caller> {
  verify(token: string): Promise<C>;
}

/** The token of an `Authorization: DPoP` value (RFC 9449, 7.1), if there is one. */
export const dpopToken = (authorization: string | undefined): string | undefined => /^DPoP +([\w~+/.=-]+) *$/i.exec(authorization ?? '')?.[1];

/** The token of an `Authorization: Bearer` value (RFC 6750, 2.1; the scheme in any case), if there is one. */
export const bearerToken = (authorization: string | undefined): string | undefined => /^Bearer +([\w~+/.=-]+) *$/i.exec(authorization ?? '')?.[1];
