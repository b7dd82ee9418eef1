import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout, type Launcher } from '@parley/testing';

interface Started {
  launcher: Launcher;
  dataDir: string;
}

/** Runs commands as pasted into a terminal in the checkout; only the data folder is another one. No rc file: with a pipe as input bash may read one. */
async function pasteFor({ dataDir }: Started, commands: string): Promise<string[]> {
  const script = commands.replaceAll('./.parley/', `${dataDir}/`);
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: checkout, env: { ...process.env, PARLEY_DATA_DIR: dataDir } });
  return stdout.trim().split('\n');
}

/** The shell commands under a heading of the README, or of another document. */
function commandsUnder(heading: string, document = 'README.md'): string {
  const text = readFileSync(join(checkout, document), 'utf8');
  const section = text.slice(text.indexOf(`## ${heading}`));
  return /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

interface Answer {
  content: { clientId?: string; ref?: string; role?: string; name?: string } & { content: { name: string; sessionId: string } }[];
}

/** Adds the tests; the stack runs by then, and nobody has used it. */
export function describeReadme(started: () => Started): void {
  const paste = (commands: string): Promise<string[]> => pasteFor(started(), commands);

  it('the first calls of the README work as pasted', async () => {
    const answers = (await paste(commandsUnder('First calls'))).map((line) => JSON.parse(line) as Answer);
    const [root, subscription, host, guest, entries] = answers.map(({ content }) => content);
    expect(answers).toHaveLength(6);
    expect([root?.clientId, subscription?.ref, host?.role, guest?.role]).toEqual([started().launcher.demo().apiKey, 'dr-grey', 'owner', 'guest']);
    expect(entries?.map(({ content }) => content.name)).toEqual(['Dr Grey', 'Ann']);
  });

  it('so do those of placed calls', async () => {
    const [shown = '', ongoing = '', ...rest] = (await paste(commandsUnder('First calls', 'docs/api/click-to-call-calls.md'))).filter((line) => !line.startsWith('<?xml'));
    expect(JSON.parse(shown)).toMatchObject({ info: { number: '+4722225555', end: 'Call Ongoing' }, user: { username: started().launcher.demo().user.username } });
    expect([ongoing, rest]).toEqual([expect.stringMatching(/^<calls><call><info>.*<number>\+4722225555<\/number>.*<\/calls>$/), []]);
  });

  it('so do the three commands that npm start shows', async () => {
    const shown = started().launcher.output().split('\n').filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
    expect(shown).toHaveLength(3);
    const answers = await paste(shown.map((line) => `${line}\necho`).join('\n'));
    const [subscription, entry, calls] = answers.filter(Boolean).map((line) => (JSON.parse(line) as Answer).content);
    expect([subscription?.ref, entry?.role]).toEqual(['ada', 'owner']);
    expect(calls?.map(({ content }) => content.sessionId)).toContain('demo');
  });
}
