export { preferredExport, preferredXml, prefersHtml } from '@parley/platform';
