import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { natsOptions } from '@parley/platform';
import { eventually, freePort, notYet, serviceNames, signalProcess, type Launcher, type ProcessState } from '@parley/testing';
import { backAfterKill, endAll, expectAllHealthy, launch, launched, newFolder, untilGone } from './launchers.js';
import { describeReadme } from './readme.cases.js';

afterAll(endAll);

const ofEvents = [
  'parley_outbox_unsent_events',
  'parley_outbox_oldest_unsent_seconds',
  'parley_inbox_parked_events',
  'parley_inbox_dead_events',
  'parley_canary_silent_seconds',
  'parley_events_redelivered_total',
  'parley_canary_round_trip_seconds_count',
];

const missingIn = (text: string, wanted: readonly (string | RegExp)[]) => {
  const missing = wanted.filter((one) => (typeof one === 'string' ? !text.includes(`\n${one}`) : !one.test(text)));
  return missing.length === 0 ? undefined : notYet(`without ${missing.join(', ')}`);
};

describe('npm start', () => {
  let stack: Launcher;
  let port: number;
  let dataDir: string;

  beforeAll(async () => {
    [dataDir, port] = [newFolder(), await freePort()];
    stack = await launched({ dataDir, port, env: { PARLEY_LISTENERS: 'presence=session' } });
  });

  it('says that it is ready, where, and as whom', async () => {
    const ready = `Parley is ready at http://127.0.0.1:${port}`;
    await eventually(() => (stack.output().includes(ready) ? undefined : notYet(stack.output())));
    expect(stack.output()).toContain(stack.demo().apiKeySecret);
  });

  it('has every service ready', async () => {
    await expectAllHealthy(stack);
  });

  it('tells by every process how events fare, and at the gateway for all', async () => {
    const read = async (at: number): Promise<string> => (await fetch(`http://127.0.0.1:${at}/metrics`)).text();
    const tellers = serviceNames.filter((name) => name !== 'api-gateway');
    for (const name of tellers) await eventually(async () => missingIn(await read(stack.processNamed(name).healthPort ?? 0), ofEvents), { timeoutMs: 30_000 });
    const lags = { 'auth-service': ['auth', 'session', 'call'], 'session-service': ['subscription', 'call'], 'call-service': ['auth', 'session', 'subscription'] };
    const of = (name: string): string => `service="${name}",instance="`;
    const wanted = [
      ...tellers.flatMap((name) => ofEvents.map((metric) => `${metric}{${of(name)}`)),
      ...Object.entries(lags).flatMap(([name, owners]) => owners.map((from) => new RegExp(`^parley_consumer_lag_events\\{(?=.*${of(name)})(?=.*from="${from}").* \\d+$`, 'm'))),
    ];
    await eventually(async () => missingIn(await read(port), wanted), { timeoutMs: 30_000 });
  });

  it('lets a service of somebody else in that is to hear events, with a key that may do no more', async () => {
    const { waitOnFirstConnect: _, ...options } = natsOptions(stack.listenerUrl('presence'));
    const nc = await connect(options);
    const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 2_000 });

    expect((await jsm.streams.info('EVT_SESSION')).config.name).toBe('EVT_SESSION');
    await expect(jsm.streams.info('EVT_CALL')).rejects.toThrow();
    await nc.close();
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
