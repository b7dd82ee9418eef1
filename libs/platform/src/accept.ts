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
