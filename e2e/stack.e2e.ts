import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort, notYet, serviceNames, signalProcess, type Launcher, type ProcessState } from '@parley/testing';
import { backAfterKill, endAll, expectAllHealthy, launch, launched, newFolder, untilGone } from './launchers.js';
import { describeReadme } from './readme.cases.js';

afterAll(endAll);

describe('npm start', () => {
  let stack: Launcher;
  let port: number;
  let dataDir: string;

  beforeAll(async () => {
    [dataDir, port] = [newFolder(), await freePort()];
    stack = await launched({ dataDir, port });
  });

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

  describeReadme(() => ({ launcher: stack, dataDir }));

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
  });

  it('gives up on what dies a sixth time within a minute, and says why', async () => {
    const victims = (): ProcessState[] => stack.processes().filter(({ name }) => name === 'session-service');
    const killing = setInterval(() => victims().forEach(({ pid }) => signalProcess(pid, 'SIGKILL')), 50);
    const everything = stack.processes();

    const code = await stack.exited.finally(() => clearInterval(killing));

    expect(code).toBe(1);
    expect(stack.output()).toContain('session-service has stopped six times within a minute: killed by SIGKILL');
    await untilGone(everything, 1_000);
  });
});
