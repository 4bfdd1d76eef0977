import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { GIT_HOST, GitServer, put } from '../testing/git-server.ts';
import { makeAttemptDir } from '../work-dir.ts';
import { type CheckoutDependencies, checkOut, isGitFit } from './git-checkout.ts';

const server = new GitServer();
const folder = mkdtempSync(join(tmpdir(), 'cc-checkout-'));
const canary = join(folder, 'owned');
let plain = '';
let hostile = '';
let poisoned = '';
beforeAll(async () => {
  await server.listen();
  plain = server.repository('plain', (work) => {
    put(work, 'src/a.txt', 'a\n');
    put(work, 'run.sh', '#!/bin/sh\n', 0o755);
  });
  hostile = server.repository('hostile', (work) => {
    const own = `#!/bin/sh\ntouch ${canary}\n`;
    for (const hook of ['post-checkout', 'post-merge', 'reference-transaction'])
      for (const place of ['.githooks', 'hooks', 'dot-git/hooks']) put(work, `${place}/${hook}`, own, 0o755);
    put(work, '.gitattributes', '* filter=lfs diff=lfs merge=lfs -text\n*.c filter=own\n');
    put(work, '.lfsconfig', `[lfs]\n\turl = https://${GIT_HOST}:${server.port}/lfs\n`);
    put(work, '.gitconfig', `[core]\n\tfsmonitor = touch ${canary}\n\thooksPath = .githooks\n`);
    put(work, 'big.bin', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
    put(work, '.gitmodules', `[submodule "x"]\n\tpath = x\n\turl = ${server.url('sub')}\n`);
    server.git(work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    symlinkSync('/etc', join(work, 'etc'));
  });
  poisoned = server.repository('poisoned', (work) => {
    put(
      work,
      '.gitmodules',
      `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch ${canary}"\n\tupdate = !touch ${canary}\n`,
    );
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
const checkout = async (name: string, commit: string, over: Partial<CheckoutDependencies> = {}) => {
  count += 1;
  const dir = makeAttemptDir(folder, 'lse', count);
  const asked: string[] = [];
  await checkOut({ repo: server.url(name), commit }, dir, {
    clock: systemClock,
    signal: new AbortController().signal,
    mark: { entries: [`CC_JOB_ID=checkout-${count}`], directory: dir.path },
    rules: { listed: [{ host: GIT_HOST, port: server.port }], admitted: [] },
    resolve: async (host) => {
      asked.push(host);
      return ['93.184.216.34'];
    },
    dial: () => '127.0.0.1',
    caFile: server.caFile,
    ...over,
  });
  return { dir, asked, read: (path: string) => readFileSync(join(dir.work, path), 'utf8') };
};

describe.runIf(process.platform !== 'win32')('a checkout', () => {
  test.each([false, true])('brings the files of one commit (a server of files alone: %s)', async (isDumb) => {
    server.isDumb = isDumb;
    const { read, asked, dir } = await checkout('plain', plain);
    server.isDumb = false;
    expect(read('src/a.txt')).toBe('a\n');
    expect(asked).toEqual([GIT_HOST]);
    expect(server.git(dir.work, 'status', '--porcelain')).toBe('');
  });

  test('brings a commit that no branch ends in, also where the server gives out branches only', async () => {
    const work = join(server.folder, 'work/plain');
    put(work, 'later.txt', 'later\n');
    server.git(work, 'add', '--all');
    server.git(work, 'commit', '--quiet', '--message=two');
    server.git(work, 'push', '--quiet', join(server.folder, 'repos/plain.git'), 'main');
    const { read, dir } = await checkout('plain', plain);
    expect([read('src/a.txt'), existsSync(join(dir.work, 'later.txt'))]).toEqual(['a\n', false]);
  });

  test('runs nothing of a repository that has hooks, filters, settings, LFS and submodules', async () => {
    server.seen.length = 0;
    const { dir, read } = await checkout('hostile', hostile);
    expect(existsSync(canary)).toBe(false);
    expect(existsSync(join(dir.work, '.git/hooks'))).toBe(false);
    expect(read('big.bin')).toContain('git-lfs');
    expect(server.seen.filter((line) => line.includes('lfs') || line.includes('sub'))).toEqual([]);
  });

  test('does not even take in a commit whose submodules would run a program', async () => {
    await expect(checkout('poisoned', poisoned)).rejects.toThrow('gitmodules');
    expect(existsSync(canary)).toBe(false);
  });

  test('takes nothing from the settings of this machine and this user', async () => {
    const before = { ...process.env };
    put(
      folder,
      'evil',
      `[core]\n\tfsmonitor = touch ${canary}\n[url "ext::touch ${canary}"]\n\tinsteadOf = https://\n`,
    );
    Object.assign(process.env, {
      GIT_CONFIG_GLOBAL: join(folder, 'evil'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: `touch ${canary}`,
      GIT_SSH_COMMAND: `touch ${canary}`,
      GIT_TEMPLATE_DIR: folder,
      HOME: folder,
      https_proxy: 'http://127.0.0.1:1',
    });
    await checkout('plain', plain).finally(() => {
      // Put back one by one: another object would leave what the system itself knows, such as HOME, as it was set here.
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    });
    expect(existsSync(canary)).toBe(false);
  });

  test.each([
    ['another server', 'https://example.com/plain.git/info/refs'],
    ['a file', 'file:///etc/passwd'],
    ['a program', `ext::touch ${canary}`],
  ])('follows no way to %s', async (_name, location) => {
    server.answer = (_request, response) => response.writeHead(302, { location }).end();
    await expect(checkout('plain', plain)).rejects.toThrow(/did not give the repository/);
    server.answer = null;
    expect(existsSync(canary)).toBe(false);
  });

  test('takes no other server for the named one', async () => {
    await expect(checkout('plain', plain, { caFile: '/dev/null' })).rejects.toThrow(/did not give the repository/);
  });

  test.each([
    ['no such commit', '2'.repeat(40)],
    ['a branch', 'main'],
    ['an option', `--upload-pack=touch ${canary}`],
  ])('fails in words for %s', async (_name, commit) => {
    await expect(checkout('plain', commit)).rejects.toThrow(/is not in the repository|names no whole commit/);
    expect(existsSync(canary)).toBe(false);
  });

  test('ends at once when its attempt does', async () => {
    const cut = new AbortController();
    server.answer = () => cut.abort();
    const before = performance.now();
    await expect(checkout('plain', plain, { signal: cut.signal })).rejects.toThrow();
    server.answer = null;
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('of another host than the rules name dials nothing', async () => {
    server.seen.length = 0;
    await expect(checkout('plain', plain, { rules: { listed: [], admitted: [] } })).rejects.toThrow('No repository');
    expect(server.seen).toEqual([]);
  });
});

test('needs a git that connects where it is told', () => {
  expect(['git version 2.39.5', 'git version 3.0', 'git version 2.36.9', 'git version 1.8'].map(isGitFit)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
