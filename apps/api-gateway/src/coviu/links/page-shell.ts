import { createHash } from 'node:crypto';
import { html, Markup } from './html.js';
import type { HtmlPage } from './page-response.js';

interface Shell {
  title: string;
  body: Markup;
  /** Runs in the page; a constant of ours. */
  script?: string;
  /** Whether the page may show a picture of somebody's. */
  pictures?: boolean;
}

const style = `
:root { color-scheme: light dark; --ink: #17202a; --dim: #5b6773; --card: #fff; --ground: #eef2f5; --line: #dfe5ea; --accent: #0b6e63; --on-accent: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f5; --dim: #a3b0bb; --card: #1c252d; --ground: #12181d; --line: #2f3b45; --accent: #4cc3b3; --on-accent: #06201d } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 26rem; padding: 2.25rem 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1rem 3rem #0001; text-align: center }
.face { width: 4.5rem; height: 4.5rem; margin: 0 auto 1rem; border-radius: 50%; display: grid; place-items: center; object-fit: cover; background: var(--accent); color: var(--on-accent); font-size: 1.9rem; font-weight: 600 }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere }
p { margin: .35rem 0 0; color: var(--dim); overflow-wrap: anywhere }
dl { margin: 1.5rem 0; display: grid; grid-template-columns: auto 1fr; gap: .5rem 1rem; text-align: left; border-block: 1px solid var(--line); padding: 1rem 0 }
dt { color: var(--dim) }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
button, .button { display: block; width: 100%; padding: .8rem 1rem; border: 0; border-radius: .6rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
button:disabled { opacity: .6; cursor: default }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
[role=status]:not(:empty) { margin-top: 1rem }
[hidden] { display: none }
`;

/** A page of ours: it loads nothing from anywhere, runs nothing but its own script, and nobody may frame it. */
export function pageShell({ title, body, script, pictures = false }: Shell): HtmlPage {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
${script === undefined ? undefined : html`<script>${new Markup(script)}</script>`}
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`, "connect-src 'self'", 'worker-src blob:']),
    ...(pictures ? ['img-src http: https:'] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html: page.text, policy: policy.join('; ') };
}

/** Content Security Policy Level 3, 2.3.1. */
const hashOf = (source: string): string => `sha256-${createHash('sha256').update(source).digest('base64')}`;
