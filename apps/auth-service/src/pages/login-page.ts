import { html } from '@parley/platform';
import { alarm, hiddenFields, type HtmlPage, pageShell } from './page-shell.js';

interface LoginPage {
  /** Where the form goes. */
  action: string;
  /** What comes back with it. */
  fields: Readonly<Record<string, string>>;
  /** Whose name the person reads. */
  application: string;
  formsLeadTo: readonly string[];
  /** Why it is asked again. */
  message?: string | undefined;
  /** What was typed before; a password never comes back. */
  username?: string | undefined;
}

/** Where a person says who they are. */
export function loginPage({ action, fields, application, formsLeadTo, message, username }: LoginPage): HtmlPage {
  const invalid = message === undefined ? undefined : html` aria-invalid="true" aria-describedby="alarm"`;
  const [atName, atPassword] = username === undefined ? [html` autofocus`, undefined] : [undefined, html` autofocus`];
  return pageShell({
    title: message === undefined ? 'Sign in' : 'Sign in: please try again',
    formsLeadTo,
    body: html`<h1>Sign in</h1>
<p>to go on to <strong>${application}</strong></p>
${alarm(message)}
<form method="post" action="${action}">
${hiddenFields(fields)}<label for="username">Username</label>
<input id="username" name="username" type="text" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${invalid}${atName}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}${atPassword}>
<button type="submit">Sign in</button>
</form>`,
  });
}
