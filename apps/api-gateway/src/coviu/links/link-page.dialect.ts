import { type ErrorDialect } from '../../errors/dialect.js';
import { prefersHtml } from '../../http/accept.js';
import { HTML, pageHeaders } from './page-response.js';
import { refusalPage } from './refusal-page.js';

/** A person who followed a link reads why it does not open. */
export const linkPageDialect: ErrorDialect = {
  speaksAt: ({ path, accept }) => path.startsWith('/v1/session/') && prefersHtml(accept),
  render: ({ message, code }) => {
    const page = refusalPage({ message, code });
    return { contentType: HTML, body: page.html, headers: pageHeaders(page) };
  },
};
