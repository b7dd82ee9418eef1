// What `npm start` and `npm run stack` run: compiles the launcher (and, to start, the services) and hands over to it.
import { existsSync } from 'node:fs';
import { build } from '../build.mjs';

const launcher = new URL('../../dist/tools/stack/cli.js', import.meta.url);

if (process.argv[2] === 'start' || !existsSync(launcher)) {
  const { failures } = await build();
  if (failures.length > 0) {
    failures.forEach((failure) => console.error(failure));
    console.error('\nParley could not start: the source does not compile, see above.');
    process.exit(1);
  }
}
await import(launcher);
