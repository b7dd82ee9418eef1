import { prefersHtml } from '@parley/platform';
import type { HtmlPage } from '../pages/page-shell.js';
import type { Visitor } from './visitor.js';

/** Something to look at, which a program reads as JSON. */
export interface Shown {
  data: object;
  page: HtmlPage;
}

/** What a person's browser is told: where to go, or something to look at. */
export type Answer = { redirect: string; status: 302 | 303 } | (Shown & { status?: number });

export const redirect = (to: string, status: 302 | 303 = 303): Answer => ({ redirect: to, status });

/** Answers hold codes and tokens, and their addresses do: nobody keeps, frames or indexes them, or tells the next site. */
const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
  vary: 'accept',
};

/** @returns what Nest sends as the body */
export function send(visitor: Visitor, answer: Answer): string | object {
  if (!('redirect' in answer)) {
    void visitor.reply.code(answer.status ?? 200);
    return render(visitor, answer);
  }
  void visitor.reply.headers(headers).code(answer.status).header('location', answer.redirect);
  return '';
}

/** @returns the body: a page for whom would rather read that */
export function render({ request, reply }: Visitor, { data, page }: Shown): string | object {
  void reply.headers(headers);
  if (!prefersHtml(request.headers.accept)) return data;
  void reply.header('content-security-policy', page.policy).type('text/html; charset=utf-8');
  return page.html;
}

/** JSON for everybody. */
export function asData({ reply }: Visitor, data: object): object {
  void reply.headers(headers);
  return data;
}
