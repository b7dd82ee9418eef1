import { readFileSync } from 'node:fs';

const services = ['api-gateway', 'auth-service', 'subscription-service', 'session-service', 'call-service'];

/** docs/operating.md: the hand-written half from tools/docs/operating.head.md, then every setting, from the config.ts of each process. */
export async function operatingPage() {
  const head = readFileSync('tools/docs/operating.head.md', 'utf8');
  const shapes = await Promise.all(services.map(async (name) => [name, (await import(`../../dist/apps/${name}/src/config.js`)).configShape]));
  const keys = [...new Set(shapes.flatMap(([, shape]) => Object.keys(shape)))];
  const rows = keys.map((key) => row(key, shapes.filter(([, shape]) => key in shape)));
  return `<!-- Generated from tools/docs/operating.head.md and the config.ts of each process by tools/docs/generate.mjs. Do not edit. -->
${head}
## Settings of the processes

Read once at the start, from the environment; all faults are reported together and an unknown \`PARLEY_*\` key is one of them. A change needs a restart.

| key | of | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function row(key, having) {
  const schema = having[0][1][key];
  const of = having.length === services.length ? 'all' : having.map(([name]) => name).join(', ');
  const fallback = schema.safeParse(undefined);
  const shown = fallback.success ? (fallback.data === undefined ? '-' : `\`${fallback.data}\``) : 'required';
  if (!schema.description) throw new Error(`${key} has no description`);
  return `| \`${key}\` | ${of} | ${shown} | ${schema.description.replaceAll('|', '\\|')} |`;
}
