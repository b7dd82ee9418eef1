const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Markup that is safe to put into a page as it stands. Only `html` and constants of ours make it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Every value is escaped, unless it is markup; nothing stands for undefined. Attributes must be quoted. */
export const html = (parts: TemplateStringsArray, ...values: readonly (string | number | Markup | undefined)[]): Markup =>
  new Markup(parts.reduce((text, part, index) => text + toText(values[index - 1]) + part));

const toText = (value: string | number | Markup | undefined): string => (value instanceof Markup ? value.text : escapeHtml(String(value ?? '')));

/** The address if it leads to the web, so that no `javascript:` ever gets into a page. */
export function webAddress(address: string | null): string | undefined {
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
}
