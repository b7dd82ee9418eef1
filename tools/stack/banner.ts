import type { Demo } from './demo-file.js';

const tokenOf = `node -pe 'JSON.parse(fs.readFileSync(0)).access_token'`;

/** The one screen at the end: where it is, who one is there, and three commands that show the path working. */
export function banner(demo: Demo, dataDir: string | undefined): string {
  const env = dataDir === undefined ? '' : `PARLEY_DATA_DIR=${quote(dataDir)} `;
  return `
Parley is ready at ${demo.baseUrl}

  Organisation  ${demo.orgId}
  API key       ${demo.apiKey}
  API secret    ${demo.apiKeySecret}

Try it in another terminal: get a token; create a subscription; sign a link, enter the session and read the record of the call.

  TOKEN=$(curl -s -u '${demo.apiKey}:${demo.apiKeySecret}' -d grant_type=client_credentials ${demo.baseUrl}/v1/auth/token | ${tokenOf})

  curl -s -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"ref":"ada","email":"ada@example.com","name":"Ada"}' ${demo.baseUrl}/v1/orgs/${demo.orgId}/subscriptions

  curl -sw '\\n' "$(${env}npm run -s stack -- link --ref ada --sid demo)" && sleep 1 && curl -s -H "authorization: Bearer $TOKEN" ${demo.baseUrl}/v1/orgs/${demo.orgId}/calls

\`${env}npm run parley -- --help\` administers it: organisations, clients, users, tokens, the audit log.
Ctrl-C stops everything. \`npm run stack -- --help\` lists what else there is.`;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
