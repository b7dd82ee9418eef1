import { html } from './html.js';
import type { HtmlPage } from './page-response.js';
import { pageShell } from './page-shell.js';

/** Why a link does not open, for the person who followed it. */
export const refusalPage = ({ message, code }: { message: string; code: string }): HtmlPage =>
  pageShell({
    title: 'This link does not open',
    body: html`<main>
<h1>This link does not open</h1>
<p>${message}</p>
<p>Ask the person who sent it for a new one, and tell them: <code>${code}</code></p>
</main>`,
  });
