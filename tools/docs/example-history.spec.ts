import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committedExamples, type Examples, lackedBy } from './example-history.js';

test('What versions had and is not kept is lacked, each example once', () => {
  const kept = { 'evt.a.v1': [{ n: 1, to: { x: 1 } }], 'evt.c.v1': [{ n: 9 }] };
  const versions: Examples[] = [{ 'evt.a.v1': [{ to: { x: 1 }, n: 1 }, { n: 2 }] }, { 'evt.a.v1': [{ n: 2 }, { n: 3 }], 'evt.b.v1': [{ n: 1 }] }];
  expect(lackedBy(kept, versions)).toEqual({ 'evt.a.v1': [{ n: 2 }, { n: 3 }], 'evt.b.v1': [{ n: 1 }] });
  expect(lackedBy(kept, [kept])).toEqual({});
});

const hasGit = spawnSync('git', ['--version']).status === 0;

(hasGit ? describe : describe.skip)('The history of a repository', () => {
  const root = join(tmpdir(), `parley-history-${process.pid}`);
  const checkout = join(root, 'origin', 'below');
  const file = 'published.json';
  const env = { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' };
  const settings = ['user.name=somebody', 'user.email=somebody@example.com', 'init.defaultBranch=main'].flatMap((setting) => ['-c', setting]);
  const git = (...args: string[]): string => execFileSync('git', [...settings, ...args], { cwd: checkout, env, stdio: 'pipe' }).toString().trim();
  const commit = (text: string): void => {
    writeFileSync(join(checkout, file), text);
    git('add', '.');
    git('commit', '-m', 'a version');
  };
  const ofA = (...examples: unknown[]): Examples => ({ 'evt.a.v1': examples });

  beforeAll(() => {
    mkdirSync(checkout, { recursive: true });
    git('init', '..');
    commit(JSON.stringify(ofA('first', 'é, of two bytes')));
    git('checkout', '-b', 'branch');
    commit(JSON.stringify(ofA('first', 'on a branch')));
    git('checkout', 'main');
    commit('<<<<<<< no JSON');
    commit(JSON.stringify(ofA('second')));
    git('merge', '-s', 'ours', '--no-edit', 'branch'); // of the branch nothing is left
    git('rm', file);
    git('commit', '-m', 'gone');
    commit(JSON.stringify(ofA('last')));
    git('checkout', '-b', 'unmerged');
    commit(JSON.stringify(ofA('never merged')));
    git('checkout', 'main');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('has every example that was ever committed on the way here', () => {
    const { versions, gap } = committedExamples(file, checkout);
    const gone = lackedBy(ofA('last'), versions)['evt.a.v1'];
    expect(new Set(gone)).toEqual(new Set(['first', 'é, of two bytes', 'on a branch', 'second']));
    expect(gap).toBeUndefined();
  });

  it('is that of the folder, whatever a hook of git has put into the environment', () => {
    process.env.GIT_DIR = join(root, 'nowhere');
    expect(committedExamples(file, checkout).versions.length).toBeGreaterThan(3);
    delete process.env.GIT_DIR;
  });

  it('of a shallow clone is what the clone has, and says so', () => {
    git('clone', '--depth', '1', `file://${join(root, 'origin')}`, join(root, 'shallow'));
    const { versions, gap } = committedExamples(file, join(root, 'shallow', 'below'));
    expect(versions).toEqual([ofA('last')]);
    expect(gap).toMatch(/shallow: .* in the versions that it has \(1\)/);
  });

  it.each([
    ['without a repository', root, /not looked for: .*not a git repository/],
    ['before the first commit of the file', join(root, 'origin'), /not looked for: .*git knows no version/],
  ])('%s is nothing, and says so', (_, folder, gap) => {
    expect(committedExamples(file, folder)).toEqual({ versions: [], gap: expect.stringMatching(gap) });
  });

  it('without git is nothing, and says so', () => {
    const { PATH } = process.env;
    process.env.PATH = root;
    expect(committedExamples(file, checkout)).toEqual({ versions: [], gap: expect.stringMatching(/there is no git/) });
    process.env.PATH = PATH;
  });
});
