import { html } from '@parley/platform';
import { type HtmlPage, pageShell } from './page-shell.js';

/** Something is done, and nothing is asked. */
export const noticePage = (title: string, text: string): HtmlPage => pageShell({ title, body: html`<h1>${title}</h1>\n<p role="status">${text}</p>` });

/** Why it does not go on. */
export const refusalPage = ({ code, message }: { code: string; message: string }): HtmlPage =>
  pageShell({
    title: 'This does not work',
    body: html`<h1>This does not work</h1>
<div class="alarm" role="alert"><p>${message}</p></div>
<p class="foot">If you came here from an application, go back to it and try again. If that doesn’t help, tell the people who run it: <code>${code}</code></p>`,
  });
