import { chownSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkout,
  eventually,
  freePort,
  isReachableByOthers,
  isRunning,
  notYet,
  serviceNames,
  signalProcess,
  startLauncher,
  tempFolder,
  type Launcher,
  type LauncherOptions,
  type ProcessState,
  type TempFolder,
} from '@parley/testing';

/** Whom root starts a stack as, to see it run without root: `nobody`, unless the checkout is closed to others. */
const ordinaryUser = process.getuid?.() === 0 && isReachableByOthers(checkout) ? 65534 : undefined;
const launchers: Launcher[] = [];
const folders: TempFolder[] = [];

function newFolder(): string {
  const folder = tempFolder('stack');
  folders.push(folder);
  return folder.path;
}

function launch(options: LauncherOptions): Launcher {
  const launcher = startLauncher(options);
  launchers.push(launcher);
  return launcher;
}

async function launched(options: LauncherOptions): Promise<Launcher> {
  const launcher = launch(options);
  await launcher.untilReady();
  return launcher;
}

function untilGone(processes: ProcessState[], timeoutMs: number): Promise<void> {
  const left = (): string[] => processes.filter(({ pid, identity }) => isRunning(pid, identity)).map(({ name, pid }) => `${name} (${pid})`);
  return eventually(() => (left().length === 0 ? undefined : notYet(`still running: ${left().join(', ')}`)), { timeoutMs });
}

async function expectAllHealthy(launcher: Launcher): Promise<void> {
  for (const name of serviceNames) {
    const { healthPort } = launcher.processNamed(name);
    const answer = await fetch(`http://127.0.0.1:${healthPort}/health/ready`);
    if (answer.status !== 200) throw new Error(`${name} answers ${answer.status}`);
  }
}

async function backAfterKill(launcher: Launcher, name: string): Promise<ProcessState> {
  const killed = launcher.processNamed(name);
  process.kill(killed.pid, 'SIGKILL');
  return eventually(
    async () => {
      const current = launcher.processNamed(name);
      if (current.pid === killed.pid) return notYet(`${name} has not been started again`);
      await expectAllHealthy(launcher);
      return current;
    },
    { timeoutMs: 5_000 },
  );
}

afterAll(async () => {
  launchers.forEach((launcher) => launcher.kill('SIGTERM'));
  await Promise.all(launchers.map(({ exited }) => exited));
  folders.forEach((folder) => folder.remove());
}, 30_000);

describe('npm start', () => {
  let stack: Launcher;
  let port: number;
  let dataDir: string;

  beforeAll(async () => {
    [dataDir, port] = [newFolder(), await freePort()];
    stack = await launched({ dataDir, port });
  }, 60_000);

  it('says that it is ready, where, and as whom', async () => {
    const ready = `Parley is ready at http://127.0.0.1:${port}`;
    await eventually(() => (stack.output().includes(ready) ? undefined : notYet(stack.output())));
    expect(stack.output()).toContain(stack.demo().apiKeySecret);
  });

  it('has every service ready', async () => {
    await expectAllHealthy(stack);
  });

  it('leaves what a script needs in demo.json, for its owner alone', () => {
    const path = join(dataDir, 'demo.json');

    expect(Object.keys(stack.demo())).toEqual(['baseUrl', 'orgId', 'apiKey', 'apiKeySecret', 'adminToken', 'orgToken', 'user', 'callApp']);
    const { user, callApp, ...texts } = stack.demo();
    expect([texts, user, callApp].flatMap((fields) => Object.values(fields)).filter((value) => value.length === 0)).toEqual([]);
    expect(callApp.redirectUri).toBe(`http://127.0.0.1:${port}/test`);
    expect(stack.demo().orgToken).toMatch(/^prl_org_/);
    expect(stack.demo().baseUrl).toBe(`http://127.0.0.1:${port}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes the demo secret into no log', () => {
    const { apiKeySecret, adminToken, orgToken, user, callApp } = stack.demo();
    const logs = ['postgres', 'nats', ...serviceNames].map((name) => readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8')).join('\n');

    expect(logs).not.toContain(apiKeySecret);
    for (const secret of [adminToken, orgToken, user.password, callApp.clientSecret]) expect(logs).not.toContain(secret);
  });

  it('refuses a second start on the same data', async () => {
    const second = launch({ dataDir, port: await freePort() });

    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`Parley already runs on this data folder (launcher ${stack.pid})`);
  });

  it('says at once that its port is taken, and what to do', async () => {
    const other = launch({ dataDir: newFolder(), port });

    expect(await other.exited).toBe(1);
    expect(other.output()).toContain(`Port ${port} is taken by another program`);
    expect(other.output()).toContain(`PORT=${port + 1} npm start`);
  });

  it.each(['nats', 'postgres', 'call-service'])('brings %s back within 5 s, on the same ports', async (name) => {
    const before = stack.processNamed(name);

    const after = await backAfterKill(stack, name);

    expect(after).toEqual({ ...before, pid: after.pid, identity: after.identity, restarts: 1 });
  }, 10_000);

  it('gives up on what dies a sixth time within a minute, and says why', async () => {
    const victims = (): ProcessState[] => stack.processes().filter(({ name }) => name === 'session-service');
    const killing = setInterval(() => victims().forEach(({ pid }) => signalProcess(pid, 'SIGKILL')), 50);
    const everything = stack.processes();

    const code = await stack.exited.finally(() => clearInterval(killing));

    expect(code).toBe(1);
    expect(stack.output()).toContain('session-service has stopped six times within a minute: killed by SIGKILL');
    await untilGone(everything, 1_000);
  }, 30_000);
});

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
