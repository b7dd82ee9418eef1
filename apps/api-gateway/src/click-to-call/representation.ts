import { XMLBuilder } from 'fast-xml-parser';
import { preferredXml } from '../http/accept.js';

export interface Representation {
  contentType: string;
  body: string;
}

/** What is told: as JSON has it, and as XML has it. */
export interface Content {
  json: unknown;
  /** One element; keys with `@` are attributes, `#` is text. */
  xml: object;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', textNodeName: '#', processEntities: true, suppressBooleanAttributes: false });
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** XML 1.0, 2.2: what no document may hold, escaped or not. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Answers and errors depend on who asks for what, and on what they may read. */
export const privately = { 'cache-control': 'private, no-store', vary: 'Accept' } as const;

/** In the form that the client would rather have (RFC 9110, 12.5.1). */
export function represent(accept: string | undefined, { json, xml }: Content): Representation {
  const type = preferredXml(accept);
  if (!type) return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(json) };
  return { contentType: `${type}; charset=utf-8`, body: DECLARATION + builder.build(xml).replace(notXml, '\ufffd') };
}
