/**
 * oidc-provider warns on the console when it is loaded on Node 20, on which its own suite and ours pass (docs/decisions/oidc-provider.md).
 * Standard output is for our log. main.ts imports this before everything else.
 */
const NOTICE = 'oidc-provider WARNING: Unsupported runtime';

/* eslint-disable-next-line no-console -- the library writes there */
const warn = console.warn.bind(console);
/* eslint-disable-next-line no-console -- the same */
console.warn = (...parts: unknown[]): void => {
  if (!String(parts[0]).includes(NOTICE)) warn(...parts);
};
