import { html, Markup } from '@parley/platform';
import { alarm, hiddenFields, type HtmlPage, pageShell } from './page-shell.js';

interface CodeForm {
  action: string;
  /** Shows the engine that the form is its own. */
  xsrf: string;
  /** As typed before, or as it stood in the address. */
  userCode?: string | undefined;
  message?: string | undefined;
}

/** Where a person types the code that a device shows (RFC 8628, 3.3). */
export const deviceCodePage = ({ action, xsrf, userCode, message }: CodeForm): HtmlPage =>
  pageShell({
    title: message === undefined ? 'Connect a device' : 'Connect a device: please try again',
    formsLeadTo: [],
    body: html`<h1>Connect a device</h1>
<p>Type the code that the device shows.</p>
${alarm(message)}
<form method="post" action="${action}">
${hiddenFields({ xsrf })}<label for="user_code">Code</label>
<input id="user_code" name="user_code" type="text" class="code" value="${userCode}" autocomplete="off" autocapitalize="characters" spellcheck="false" required${message === undefined ? undefined : new Markup(' aria-invalid="true" aria-describedby="alarm"')} autofocus>
<button type="submit">Continue</button>
</form>`,
  });

interface ConfirmForm {
  action: string;
  xsrf: string;
  userCode: string;
  application: string;
}

/** The person compares the code with the one on the device, so that nobody is talked into connecting somebody else's (RFC 8628, 5.4). */
export const deviceConfirmPage = ({ action, xsrf, userCode, application }: ConfirmForm): HtmlPage =>
  pageShell({
    title: 'Is this your device?',
    formsLeadTo: [],
    body: html`<h1>Is this your device?</h1>
<p><strong>${application}</strong> wants to be connected. Go on only if your device shows this code:</p>
<p class="code"><strong>${userCode}</strong></p>
<form method="post" action="${action}">
${hiddenFields({ xsrf, user_code: userCode })}<button type="submit" name="confirm" value="yes">Yes, go on</button>
<button type="submit" name="abort" value="yes" class="quiet">No</button>
</form>`,
  });
