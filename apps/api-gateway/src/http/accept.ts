export { prefersHtml } from '@parley/platform';
