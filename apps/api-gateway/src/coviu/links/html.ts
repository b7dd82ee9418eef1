export { html, Markup } from '@parley/platform';

/** The address if it leads to the web, so that no `javascript:` ever gets into a page. */
export function webAddress(address: string | null): string | undefined {
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
}
