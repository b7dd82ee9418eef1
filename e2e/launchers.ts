import { eventually, isRunning, notYet, serviceNames, startLauncher, tempFolder, type Launcher, type LauncherOptions, type ProcessState, type TempFolder } from '@parley/testing';

const launchers: Launcher[] = [];
const folders: TempFolder[] = [];

export function newFolder(): string {
  const folder = tempFolder('stack');
  folders.push(folder);
  return folder.path;
}

export function launch(options: LauncherOptions): Launcher {
  const launcher = startLauncher(options);
  launchers.push(launcher);
  return launcher;
}

export async function launched(options: LauncherOptions): Promise<Launcher> {
  const launcher = launch(options);
  await launcher.untilReady();
  return launcher;
}

export function untilGone(processes: ProcessState[], timeoutMs: number): Promise<void> {
  const left = (): string[] => processes.filter(({ pid, identity }) => isRunning(pid, identity)).map(({ name, pid }) => `${name} (${pid})`);
  return eventually(() => (left().length === 0 ? undefined : notYet(`still running: ${left().join(', ')}`)), { timeoutMs });
}

export async function expectAllHealthy(launcher: Launcher): Promise<void> {
  for (const name of serviceNames) {
    const { healthPort } = launcher.processNamed(name);
    const answer = await fetch(`http://127.0.0.1:${healthPort}/health/ready`);
    if (answer.status !== 200) throw new Error(`${name} answers ${answer.status}`);
  }
}

export async function backAfterKill(launcher: Launcher, name: string): Promise<ProcessState> {
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

/** Every launcher of this file, and its data. */
export async function endAll(): Promise<void> {
  launchers.forEach((launcher) => launcher.kill('SIGTERM'));
  await Promise.all(launchers.map(({ exited }) => exited));
  folders.forEach((folder) => folder.remove());
}
