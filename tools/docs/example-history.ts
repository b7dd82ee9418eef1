import { execFileSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';

/** Examples of events, by subject. */
export type Examples = Record<string, unknown[]>;

export interface History {
  /** What was committed on the way to this commit, on branches that were merged into it too. */
  versions: Examples[];
  /** Says that there may be more, and why. */
  gap?: string;
}

/** Every version of a file of examples that git knows; `file` is relative to `folder`. Never fails: without git there are none. */
export function committedExamples(file: string, folder: string): History {
  try {
    // All parents of a merge: one that threw away what a branch brought is simplified away otherwise, and the branch with it.
    const commits = git(folder, ['log', '--full-history', '--format=%H', '--', file]).toString().split('\n').filter(Boolean);
    if (commits.length === 0) return unknown('git knows no version of the file');
    const versions = contentsOf(git(folder, ['cat-file', '--batch'], commits.map((commit) => `${commit}:./${file}\n`).join(''))).map(read);
    const shallow = git(folder, ['rev-parse', '--is-shallow-repository']).toString().startsWith('true');
    return shallow ? { versions, gap: `the clone is shallow: examples that were taken away are looked for in the versions that it has (${versions.length})` } : { versions };
  } catch (error) {
    return unknown(reasonOf(error));
  }
}

/** Examples of the versions that `kept` has not, each once. */
export function lackedBy(kept: Examples, versions: readonly Examples[]): Examples {
  const lacked: Examples = {};
  const all = versions.flatMap((version) => Object.entries(version)).flatMap(([subject, examples]) => examples.map((example) => ({ subject, example })));
  const distinct = new Map(all.map((each) => [JSON.stringify(each), each])); // versions have nearly all in common
  for (const { subject, example } of distinct.values()) {
    const known = [...(kept[subject] ?? []), ...(lacked[subject] ?? [])];
    if (!known.some((other) => isDeepStrictEqual(other, example))) (lacked[subject] ??= []).push(example);
  }
  return lacked;
}

const unknown = (why: string): History => ({ versions: [], gap: `examples that were taken away are not looked for: ${why}` });

/** In the repository of the folder, whichever one a hook of git that runs this may have named in the environment. */
function git(folder: string, args: readonly string[], input = ''): Buffer {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_')));
  return execFileSync('git', args, { cwd: folder, input, env: { ...env, LC_ALL: 'C' }, maxBuffer: Infinity, timeout: 20_000, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** What `git cat-file --batch` answers, the file's texts: `<id> blob <size>`, and so many bytes; or that a commit has no such file. */
function contentsOf(answer: Buffer): string[] {
  const texts = new Set<string>();
  for (let at = 0; at < answer.length; ) {
    const body = answer.indexOf('\n', at) + 1;
    const size = / blob (\d+)\n$/.exec(answer.toString('utf8', at, body))?.[1];
    if (size !== undefined) texts.add(answer.toString('utf8', body, body + Number(size)));
    at = size === undefined ? body : body + Number(size) + 1;
  }
  return [...texts];
}

/** One that is no JSON, of a merge gone wrong, can't be mended any more and has no examples. */
function read(text: string): Examples {
  try {
    return JSON.parse(text) as Examples;
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: string; stderr?: Buffer };
  return code === 'ENOENT' ? 'there is no git' : (stderr?.toString().split('\n')[0] ?? String(error));
}
