import { chownSync } from 'node:fs';
import { checkout, freePort, isReachableByOthers } from '@parley/testing';
import { endAll, expectAllHealthy, launched, newFolder, untilGone } from './launchers.js';

/** Whom root starts a stack as, to see it run without root: `nobody`, unless the checkout is closed to others. */
const ordinaryUser = process.getuid?.() === 0 && isReachableByOthers(checkout) ? 65534 : undefined;

afterAll(endAll);

describe('two stacks', () => {
  it('run side by side, one of them without root; one that is killed leaves nothing behind and comes back with its data; both stop when told', async () => {
    const [one, other] = await Promise.all([freePort(), freePort()]);
    const [oneDir, otherDir] = [newFolder(), newFolder()];
    if (ordinaryUser !== undefined) chownSync(otherDir, ordinaryUser, ordinaryUser);
    const [first, second] = await Promise.all([
      launched({ dataDir: oneDir, port: one }),
      launched({ dataDir: otherDir, port: other, ...(ordinaryUser === undefined ? {} : { uid: ordinaryUser }) }),
    ]);
    expect(first.demo().orgId).not.toBe(second.demo().orgId);

    first.kill('SIGKILL');
    await untilGone(first.processes(), 10_000);
    const again = await launched({ dataDir: oneDir, port: one });

    expect(again.demo()).toEqual(first.demo());
    await Promise.all([expectAllHealthy(again), expectAllHealthy(second)]);

    const everything = [...again.processes(), ...second.processes()];
    [again, second].forEach((launcher) => launcher.kill('SIGTERM'));
    await untilGone(everything, 10_000);
    expect(await Promise.all([again.exited, second.exited])).toEqual([0, 0]);
  }, 120_000);
});
