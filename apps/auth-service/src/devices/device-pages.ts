import { prefersHtml } from '@parley/platform';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { deviceCodePage, deviceConfirmPage } from '../pages/device-pages.js';
import { noticePage } from '../pages/notice-page.js';
import type { HtmlPage } from '../pages/page-shell.js';
import { routes } from '../engine/routes.js';

const action = routes.code_verification;

/** What went wrong with the code before, by the name of the engine's error. */
const messages: Readonly<Record<string, string>> = {
  NoCodeError: 'Type the code that the device shows.',
  NotFoundError: 'There is no such code. Look at the device again.',
  ExpiredError: 'The code is too old. Ask the device for a new one.',
  AlreadyUsedError: 'The code has been used already. Ask the device for a new one.',
  AbortedError: 'The device was not connected.',
};
const unknownFailure = 'That did not work. Try again.';

/** The parameter of a code that stood in the address. */
export const OFFERED = 'offered';

const xsrfOf = ({ oidc }: KoaContextWithOIDC): string => String(oidc.session?.state?.['secret']);

/** Asks for the code (RFC 8628, 3.3). */
export function codeInputPage(ctx: KoaContextWithOIDC, _form: string, _out?: unknown, error?: Error & { userCode?: string }): void {
  const message = error && (messages[error.name] ?? unknownFailure);
  const form = { action, xsrf: xsrfOf(ctx), userCode: error?.userCode ?? new URLSearchParams(ctx.querystring).get(OFFERED) ?? undefined };
  show(ctx, deviceCodePage(message === undefined ? form : { ...form, message }), { message: 'device', xsrf: form.xsrf, ...(message === undefined ? {} : { error: message }) });
}

export function codeConfirmPage(ctx: KoaContextWithOIDC, ...[, client, , userCode]: [form: string, client: Client, device: unknown, userCode: string]): void {
  const application = client.clientName ?? client.clientId;
  const page = deviceConfirmPage({ action, xsrf: xsrfOf(ctx), userCode, application });
  show(ctx, page, { message: 'confirm device', xsrf: xsrfOf(ctx), client_id: client.clientId, user_code: userCode });
}

export function deviceConnectedPage(ctx: KoaContextWithOIDC): void {
  show(ctx, noticePage('The device is connected', 'You can go on there, and close this page.'), { message: 'device connected' });
}

/** A page of ours in the engine's answer; JSON for a program. */
export function show(ctx: KoaContextWithOIDC, { html, policy }: HtmlPage, data: object): void {
  ctx.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', vary: 'accept' });
  if (!prefersHtml(ctx.get('accept'))) {
    ctx.body = data;
    return;
  }
  ctx.set('content-security-policy', policy);
  ctx.type = 'html';
  ctx.body = html;
}
