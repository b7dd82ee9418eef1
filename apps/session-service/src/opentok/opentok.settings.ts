/** What the operator sets. */
export interface OpentokSettings {
  /** The org for which anybody may make sessions and tokens; undefined: nobody may. */
  publicOrgId: string | undefined;
  tokenFormat: 't1' | 'jwt';
}

export const OPENTOK_SETTINGS = Symbol('OPENTOK_SETTINGS');
