import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { permissionsOfListener } from '../../../tools/stack/nats-identities.js';
import { createOrg } from './org.js';
import { startSystem } from './system.js';
import type { OrgCredentials, ProcessLog, SharedSystem, System } from './system.types.js';

/** Two gateways and two copies of auth-service, for what must hold for all copies. Specs that fail on purpose don't lock each other out. */
const options = {
  env: { 'auth-service': { FAILURES_PER_ADDRESS: '100000' } },
  copies: { 'api-gateway': 2, 'auth-service': 2 },
  natsIdentities: { presence: permissionsOfListener({ name: 'presence', consumes: ['session'] }) },
};

type Described = Pick<System, 'baseUrl' | 'baseUrls' | 'adminDatabaseUrl' | 'adminToken'> & { presenceNatsUrl: string };

/** Offers the system of this run to all workers; it starts when the first of them asks. For jest's own process, which outlives them. */
export async function offerSharedSystem(): Promise<{ url: string; stop(): Promise<void> }> {
  let running: Promise<System> | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    running ??= startSystem(options);
    const [status, body] = await running.then(
      (system) => [200, request.url === '/logs' ? logsOf(system) : describe(system)] as const,
      (error: Error) => [500, error.message] as const,
    );
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response)).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await running?.then((system) => system.stop(), () => undefined);
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** The system of this run with an organisation of that name for the one who asks, who kills nothing in it and changes nothing for others. */
export async function sharedSystem(name: string): Promise<SharedSystem> {
  const described = await askHost<Described>('/');
  const seedOrg = (orgName: string): Promise<OrgCredentials> => createOrg(described, orgName);
  return { ...described, ...(await seedOrg(name)), seedOrg, logs: () => askHost<ProcessLog[]>('/logs') };
}

function describe({ baseUrl, baseUrls, adminDatabaseUrl, adminToken, natsUrlOf }: System): Described {
  return { baseUrl, baseUrls, adminDatabaseUrl, adminToken, presenceNatsUrl: natsUrlOf('presence') };
}

function logsOf({ processes }: System): ProcessLog[] {
  return processes.map((each) => ({ name: each.name, text: each.logs() }));
}

async function askHost<Body>(path: string): Promise<Body> {
  const url = process.env['TEST_SHARED_SYSTEM_URL'];
  if (!url) throw new Error('No system in this run: a spec that shares one is called e2e/*.e2e.ts');
  const response = await fetch(`${url}${path}`);
  if (!response.ok) throw new Error(`The system of this run did not start: ${await response.text()}`);
  return (await response.json()) as Body;
}
