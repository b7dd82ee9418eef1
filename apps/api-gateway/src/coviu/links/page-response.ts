import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersHtml } from '../../http/accept.js';

export interface HtmlPage {
  html: string;
  /** Content-Security-Policy. */
  policy: string;
}

/** A browser gets a page. So does HEAD, which must change nothing. */
export const wantsPage = ({ method, headers }: FastifyRequest): boolean => method === 'HEAD' || prefersHtml(headers.accept);

export const HTML = 'text/html; charset=utf-8';

export const pageHeaders = ({ policy }: HtmlPage): Record<string, string> => ({ 'content-security-policy': policy, 'x-frame-options': 'DENY' });

/** @returns what Nest sends as the body */
export function sendPage(reply: FastifyReply, page: HtmlPage): string {
  void reply.headers(pageHeaders(page)).type(HTML);
  return page.html;
}
