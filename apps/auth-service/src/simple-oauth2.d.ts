/** As much of it as the specs use; it comes without types. */
declare module 'simple-oauth2' {
  interface Config {
    client: { id: string; secret: string };
    auth: { tokenHost: string; tokenPath: string };
  }
  interface AccessToken {
    token: Record<string, unknown>;
    refresh(): Promise<AccessToken>;
  }
  export class ClientCredentials {
    constructor(config: Config);
    getToken(parameters: { scope?: string }): Promise<AccessToken>;
  }
  export class AuthorizationCode {
    constructor(config: Config);
    createToken(token: Record<string, unknown>): AccessToken;
  }
}
