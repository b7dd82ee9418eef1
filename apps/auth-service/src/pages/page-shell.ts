import { createHash } from 'node:crypto';
import { html, Markup } from '@parley/platform';

export interface HtmlPage {
  html: string;
  /** Content-Security-Policy. */
  policy: string;
}

interface Shell {
  title: string;
  body: Markup;
  /** Origins to which its forms may lead in the end, by way of redirects; it may have forms only if this is given. */
  formsLeadTo?: readonly string[];
}

const style = `
:root { color-scheme: light dark; --ink: #17202a; --dim: #5b6773; --card: #fff; --ground: #eef2f5; --line: #dfe5ea; --edge: #74808b; --accent: #0b6e63; --on-accent: #fff; --alarm: #a3231b; --alarm-ground: #fdeceb }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f5; --dim: #a3b0bb; --card: #1c252d; --ground: #12181d; --line: #2f3b45; --edge: #7d8b97; --accent: #4cc3b3; --on-accent: #06201d; --alarm: #ffb4ab; --alarm-ground: #3a1c1a } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 26rem; padding: 2.25rem clamp(1.25rem, 6vw, 2rem); background: var(--card); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1rem 3rem #0001; text-align: center }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere }
p { margin: .35rem 0 0; color: var(--dim); overflow-wrap: anywhere }
strong { color: var(--ink) }
form { margin-top: 1.5rem; text-align: left }
label { display: block; margin: 1rem 0 .35rem; font-weight: 600 }
input:not([type=hidden]) { display: block; width: 100%; padding: .7rem .8rem; border: 1px solid var(--edge); border-radius: .6rem; background: var(--card); color: var(--ink); font: inherit }
input[aria-invalid=true] { border-color: var(--alarm) }
.code { text-align: center; font-size: 1.4rem; font-weight: 600; letter-spacing: .12em; text-transform: uppercase }
.alarm { margin-top: 1.25rem; padding: .7rem .9rem; border: 1px solid var(--alarm); border-radius: .6rem; background: var(--alarm-ground); text-align: left }
.alarm p { margin: 0; color: var(--alarm) }
ul { margin: 1.25rem 0 0; padding: 1rem 0 1rem 1.25rem; border-block: 1px solid var(--line); text-align: left }
button { display: block; width: 100%; margin-top: 1.5rem; padding: .8rem 1rem; border: 1px solid var(--accent); border-radius: .6rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer }
button.quiet { margin-top: .75rem; background: transparent; color: var(--accent) }
a { color: var(--accent) }
code { color: var(--ink) }
.foot { margin-top: 1.25rem; font-size: .9rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
`;

/** A page of ours: it loads nothing, runs nothing, needs no script, and nobody may frame it. */
export function pageShell({ title, body, formsLeadTo }: Shell): HtmlPage {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return { html: page.text, policy: policyFor(formsLeadTo) };
}

/** What a person must know before anything else on the page; read out at once. */
export const alarm = (message: string | undefined): Markup | undefined => (message === undefined ? undefined : html`<div class="alarm" id="alarm" role="alert"><p>${message}</p></div>`);

/** Fields that travel with a form, unseen. */
export const hiddenFields = (fields: Readonly<Record<string, string>>): Markup[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`);

/** Where a form may lead, for `form-action`: browsers hold every redirect behind it to the same rule. */
export function leadsTo(redirectUri: string): string[] {
  const { origin, protocol, hostname } = new URL(redirectUri);
  return [hostname.startsWith('[') ? protocol : origin]; // an IPv6 address is no source expression (CSP Level 3, 2.3.1)
}

const policyFor = (formsLeadTo: readonly string[] | undefined): string =>
  [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    `form-action ${formsLeadTo === undefined ? "'none'" : ["'self'", ...formsLeadTo].join(' ')}`,
    "frame-ancestors 'none'",
  ].join('; ');

/** CSP Level 3, 2.3.1. */
const hashOf = (source: string): string => `sha256-${createHash('sha256').update(source).digest('base64')}`;
