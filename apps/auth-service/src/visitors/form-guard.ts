import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { prefersHtml } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../settings.module.js';
import type { Form } from '../tokens/form.js';
import { Cookies } from './cookies.js';
import { crossSite, staleForm } from './form.errors.js';
import type { Visitor } from './visitor.js';

const COOKIE = 'parley_form';
/** The field of a form that holds its token. */
export const FORM_TOKEN = 'form_token';
const KEY = /^[\w-]{43}$/;

/**
 * Who may post: a page of ours, and a program. A browser says where a post comes from (`Sec-Fetch-Site`, `Origin`), and a form of ours
 * holds a token that only a page of ours can show: it is made of a cookie and of the login at hand (OWASP, signed double submit).
 */
@Injectable()
export class FormGuard {
  constructor(
    private readonly cookies: Cookies,
    private readonly settings: Settings,
  ) {}

  /** For a form of this browser. */
  token(visitor: Visitor, session: string): string {
    const known = this.key(visitor);
    const key = known ?? randomBytes(32).toString('base64url');
    if (known === undefined) this.cookies.set(visitor, COOKIE, key);
    return tokenOf(key, session);
  }

  /** @throws `cross_site` for another site's post, `stale_form` for a browser's whose token is missing or wrong */
  check(visitor: Visitor, form: Form, session: string): void {
    if (this.isForeign(visitor.request)) throw crossSite();
    const given = form.one(FORM_TOKEN);
    if (given === undefined ? isBrowser(visitor.request) : !this.isToken(visitor, given, session)) throw staleForm();
  }

  private isForeign({ headers }: FastifyRequest): boolean {
    const { origin = 'null', 'sec-fetch-site': site = 'none' } = headers;
    return !['same-origin', 'none'].includes(String(site)) || !['null', this.settings.issuer].includes(origin);
  }

  private isToken(visitor: Visitor, given: string, session: string): boolean {
    const key = this.key(visitor);
    const expected = Buffer.from(key === undefined ? '' : tokenOf(key, session));
    const presented = Buffer.from(given);
    return expected.length === presented.length && timingSafeEqual(expected, presented);
  }

  private key(visitor: Visitor): string | undefined {
    const key = this.cookies.read(visitor, COOKIE);
    return key !== undefined && KEY.test(key) ? key : undefined;
  }
}

const tokenOf = (key: string, session: string): string => createHmac('sha256', key).update(`form ${session}`).digest('base64url');

/** Programs post without: they read JSON. Our pages send no referrer, so their forms have the origin `null` (Fetch, "append a request Origin header"). */
const isBrowser = ({ headers }: FastifyRequest): boolean => prefersHtml(headers.accept) || headers.origin === 'null' || headers['sec-fetch-mode'] === 'navigate';
