import { init, migrateAll, type Deployment } from './deploy.js';

const deployment: Deployment = { secrets: '/secrets', databaseUrl: process.env['DATABASE_URL'], natsUrl: process.env['NATS_URL'], adminToken: process.env['PARLEY_ADMIN_TOKEN'], listeners: process.env['PARLEY_LISTENERS'] };

if (process.argv[2] === 'init') init(deployment);
else if (process.argv[2] === 'migrate') await migrateAll(deployment);
else throw new Error('Say init or migrate');
