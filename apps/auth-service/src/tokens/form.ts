import { invalidRequest } from './tokens.errors.js';

/** The parameters of a form (application/x-www-form-urlencoded, UTF-8). */
export class Form {
  private readonly values = new Map<string, string[]>();

  /** Throws `invalid_request` at broken percent-encoding and at bytes that are not UTF-8. */
  constructor(readonly text: string) {
    for (const pair of text.split('&').filter(Boolean)) {
      const [name, ...value] = pair.split('=');
      this.add(decode(name ?? ''), decode(value.join('=')));
    }
  }

  /** An empty one counts as absent, and one that we use may stand there once only (RFC 6749, 3.2). Nobody asks for the others. */
  one(name: string): string | undefined {
    const values = this.values.get(name) ?? [];
    if (values.length > 1) throw invalidRequest(`${name} must not be repeated`);
    return values[0] || undefined;
  }

  /** Whether it is there, be it empty. */
  has(name: string): boolean {
    return this.values.has(name);
  }

  /** All of them, as often as they stand there, but those named. */
  without(names: readonly string[]): [string, string][] {
    return [...this.values].filter(([name]) => !names.includes(name)).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
  }

  private add(name: string, value: string): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('The body is not well-formed: percent-encoding and UTF-8 are expected');
  }
}
