import { testDatabase } from '@parley/testing';
import { Bench, outcome } from './testing/bench.js';
test('measure', async () => {
  const server = await testDatabase('session');
  const bench = await Bench.start(server.url);
  bench.outside.subscribe('dr-grey');
  const other = await bench.anotherCopy();
  for (const [label, copies, room] of [['cold two', [bench.copy, other], 'a'], ['warm two', [bench.copy, other], 'b'], ['warm one', [bench.copy], 'c']] as const) {
    const [e] = await bench.copy.db.query<{ sid: string; id: string }>('select e.sid, e.id from lease l join entry e on e.id = l.entry_id');
    if (e) await bench.copy.sessions.end(bench.actor, e.sid);
    const links = await Promise.all(Array.from({ length: 500 }, (_, i) => bench.link({ un: `p${i}`, sid: room, iat: Math.floor(Date.now() / 1000) + 5 })));
    const t = performance.now();
    const codes = await Promise.all(links.map((l, i) => outcome(copies[i % copies.length]!.links.enter(l))));
    process.stderr.write(`${label}: ${Math.round(performance.now() - t)} ms ${codes.filter((c) => c === 'granted').length} ${[...new Set(codes)].join()}\n`);
  }
  // sequential grants in many sessions
  for (let i = 0; i < 400; i++) bench.outside.subscribe(`s${i}`);
  for (let i = 0; i < 400; i++) await bench.enter({ ref: `s${i}`, sid: `r${i}` });
  const links = await Promise.all(Array.from({ length: 400 }, (_, i) => bench.link({ un: `p${i}`, sid: `r${i}`, ref: `s${i}` })));
  let t = performance.now();
  await Promise.all(links.map((l) => bench.copy.links.enter(l)));
  process.stderr.write(`400 grants in 400 sessions, one copy: ${Math.round(performance.now() - t)} ms\n`);
  t = performance.now();
  for (const l of links.slice(0, 100)) await bench.copy.links.enter(l);
  process.stderr.write(`100 grants one after the other: ${Math.round(performance.now() - t)} ms\n`);
  await bench.stop();
  await server.drop();
}, 60_000);
