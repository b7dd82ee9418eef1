interface Range {
  type: string;
  q: number;
}

/**
 * Whether a client would rather read a page than data: it gives `text/html` a greater quality than `application/json`
 * (RFC 9110, 12.5.1). Whoever does not say, or says it of both, is a program.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = (accept ?? '*/*').split(',').map(toRange);
  return qualityOf('text/html', ranges) > qualityOf('application/json', ranges);
}

/** The kind of XML that a client would rather read than JSON, by the same rule; undefined: JSON. */
export function preferredXml(accept: string | undefined): 'application/xml' | 'text/xml' | undefined {
  const ranges = (accept ?? '*/*').split(',').map(toRange);
  const [application, text, json] = [qualityOf('application/xml', ranges), qualityOf('text/xml', ranges), qualityOf('application/json', ranges)];
  if (Math.max(application, text) <= json) return undefined;
  return application >= text ? 'application/xml' : 'text/xml';
}

const exports = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson', 'application/ndjson': 'ndjson' } as const;

/** The form of an export that a client would rather read than JSON, by the same rule; undefined: none. */
export function preferredExport(accept: string | undefined): 'csv' | 'ndjson' | undefined {
  const ranges = (accept ?? '*/*').split(',').map(toRange);
  const wanted = Object.entries(exports).map(([type, format]) => ({ format, q: qualityOf(type, ranges) }));
  const best = wanted.sort((one, other) => other.q - one.q)[0];
  return best && best.q > qualityOf('application/json', ranges) ? best.format : undefined;
}

/** Parameters other than `q` are read past: `application/json; charset=utf-8` asks for nothing else than JSON. */
function toRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, q: q === undefined ? 1 : /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q) ? Number(q) : 0 };
}

/** The most specific range that covers the type decides, whatever the others say. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const covering = [type, `${type.split('/')[0]}/*`, '*/*'];
  for (const pattern of covering) {
    const found = ranges.filter((range) => range.type === pattern);
    if (found.length > 0) return Math.max(...found.map(({ q }) => q));
  }
  return 0;
}
