/** `npm run bench -- <workload>`: each is a program of its own, so that nothing of another one runs beside it. */
const workloads: Readonly<Record<string, () => Promise<unknown>>> = {
  entry: () => import('./entry.js'),
  auth: () => import('./auth.js'),
  calls: () => import('./calls.js'),
  aliases: () => import('./aliases/main.js'),
  events: () => import('./events.js'),
  growth: () => import('./growth.js'),
};

const name = process.argv[2] ?? 'entry';
const workload = Object.hasOwn(workloads, name) ? workloads[name] : undefined;
if (!workload) throw new Error(`There is no workload ${name}: ${Object.keys(workloads).join(', ')}`);
await workload();
