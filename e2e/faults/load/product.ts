import { createHmac } from 'node:crypto';
import type { OrgCredentials, System } from '@parley/testing';
import type { Random } from './random.js';

export interface Answer {
  /** 0: none came. */
  status: number;
  body: unknown;
  /** Of what was made, where the answer tells it there; else empty. */
  location: string;
}

export interface Asked {
  method: string;
  path: string;
  /** Instead of the client's own access token; empty for none. */
  bearer?: string;
  data?: object;
}

/** A request has 2 s inside Parley; who hears nothing for so long gives up. */
const PATIENCE_MS = 5_000;
const json = 'application/json';
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const parsed = (text: string): unknown => (text === '' ? {} : JSON.parse(text));

/** A JWT, HS256. */
export function signed(claims: object, secret: string): string {
  const text = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A product that uses Parley: one API client of one org, and who administers that, with no more than HTTP. */
export class Product {
  private token = '';

  constructor(
    readonly org: OrgCredentials,
    private readonly place: Pick<System, 'adminToken' | 'baseUrls'>,
  ) {}

  /** The operator's. */
  get adminToken(): string {
    return this.place.adminToken;
  }

  get path(): string {
    return `/v1/orgs/${this.org.orgId}`;
  }

  /** At whichever gateway chance has it. */
  async ask({ method, path, bearer, data }: Asked, random: Random): Promise<Answer> {
    const base = random.pick(this.place.baseUrls) ?? '';
    if (bearer === undefined && this.token === '') await this.renew(base);
    const authorization = `Bearer ${bearer ?? this.token}`;
    const headers = { accept: json, ...(bearer === '' ? {} : { authorization }), ...(data ? { 'content-type': json } : {}) };
    const answer = await this.send(base + path, { method, headers, ...(data ? { body: JSON.stringify(data) } : {}) });
    if (answer.status === 401 && bearer === undefined) this.token = '';
    return answer;
  }

  link(claims: object): string {
    const now = Math.floor(Date.now() / 1000);
    return signed({ iss: this.org.apiKey, iat: now, exp: now + 3600, ...claims }, this.org.apiKeySecret);
  }

  /** Without a token the next request is refused, which is no harm: it wrote nothing. */
  private async renew(base: string): Promise<void> {
    const basic = Buffer.from(`${this.org.apiKey}:${this.org.apiKeySecret}`).toString('base64');
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const answer = await this.send(`${base}/v1/auth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body });
    this.token = (answer.body as { access_token?: string }).access_token ?? '';
  }

  private async send(url: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
      return { status: response.status, body: parsed(await response.text()), location: response.headers.get('location') ?? '' };
    } catch {
      return { status: 0, body: {}, location: '' };
    }
  }
}
