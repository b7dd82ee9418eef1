import { html } from '@parley/platform';
import { alarm, hiddenFields, type HtmlPage, pageShell } from './page-shell.js';
import { meaningOf } from './scope-meanings.js';

interface GrantPage {
  /** Where the form goes. */
  action: string;
  /** What comes back with it. */
  fields: Readonly<Record<string, string>>;
  /** The name of who asks. */
  application: string;
  /** Who is asked. */
  username: string;
  scopes: readonly string[];
  /** Where the answer is sent; a device waits for it elsewhere. */
  redirectUri?: string | undefined;
  formsLeadTo: readonly string[];
  /** Why it is asked again. */
  message?: string | undefined;
}

/** Where a person says whether an application may act for them. */
export const grantPage = ({ action, fields, application, username, scopes, redirectUri, formsLeadTo, message }: GrantPage): HtmlPage =>
  pageShell({
    title: message === undefined ? 'Allow access' : 'Allow access: please try again',
    formsLeadTo,
    body: html`<h1>Allow ${application}?</h1>
<p>You are signed in as <strong>${username}</strong>. If you allow it, ${application} can:</p>
${alarm(message)}
<ul>
${scopes.map((scope) => html`<li>${meaningOf(scope)}</li>\n`)}</ul>
<form method="post" action="${action}">
${hiddenFields(fields)}<button type="submit" name="grant" value="true">Allow</button>
<button type="submit" name="grant" value="false" class="quiet">Deny</button>
</form>
${redirectUri === undefined ? undefined : html`<p class="foot">Either way you go on to <strong>${new URL(redirectUri).host}</strong>.</p>`}
<p class="foot"><a href="/auth/logout">Not you? Sign out</a></p>`,
  });
