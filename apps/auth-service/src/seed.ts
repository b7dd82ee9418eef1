import { parseArgs } from 'node:util';
import { Database, Sealer } from '@parley/persistence';
import { bySystem, recordAct } from './audit/record-act.js';
import { ClientsRepository } from './clients/clients.repository.js';
import { ClientsService } from './clients/clients.service.js';
import { type Config, readConfig } from './config.js';
import { migrations, schema } from './migrations/migrations.js';
import { OrgsRepository } from './orgs/orgs.repository.js';

/** An API client more for the org of that name, which is created if there is none. A secret is shown once, so each run makes one. */
async function seed({ DATABASE_URL, PARLEY_KEK_FILE }: Config, name: string): Promise<Record<string, string>> {
  const db = await Database.connect({ url: DATABASE_URL, schema, entities: [], migrations });
  const orgs = new OrgsRepository();
  const clients = new ClientsService(db, new ClientsRepository(Sealer.fromFile(PARLEY_KEK_FILE)));
  try {
    return await db.write([`org named ${name}`], async (tx) => {
      const org = (await orgs.findByName(tx, name)) ?? (await orgs.insert(tx, name));
      const { clientId, secret } = await clients.createApiClient(tx, org.id, name);
      recordAct(tx, bySystem('seed'), { orgId: org.id, act: 'client.created', target: { kind: 'client', id: clientId }, details: { name } });
      return { orgId: org.id, apiKey: clientId, apiKeySecret: secret };
    });
  } finally {
    await db.close();
  }
}

const { values } = parseArgs({ options: { org: { type: 'string', default: 'Demo' } } });
process.stdout.write(`${JSON.stringify(await seed(readConfig(), values.org))}\n`);
