import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's busybox-static; one file that holds a shell and the usual programs. */
const BUSYBOX = '/bin/busybox';
const NAME = 'localhost/connected-compute-test:1';
const PROGRAMS =
  'sh env cat echo sleep sort tee wc printf head tr setsid mkdir kill ls wget nc ps touch test id dd yes true sed grep ln rm seq';

/** An image made of busybox alone, once per machine: no registry is asked. Returns its reference by digest. */
export function testImage(): string {
  const digest = () =>
    execFileSync('podman', ['image', 'inspect', '--format', '{{.Digest}}', NAME], { stdio: 'pipe', encoding: 'utf8' });
  try {
    return `${NAME.replace(/:1$/, '')}@${digest().trim()}`;
  } catch {
    // Not made yet.
  }
  const folder = mkdtempSync(join(tmpdir(), 'cc-image-'));
  try {
    for (const name of ['bin', 'tmp', 'job', 'etc', 'proc', 'sys', 'dev', 'run'])
      mkdirSync(join(folder, name), { mode: 0o755 });
    cpSync(BUSYBOX, join(folder, 'bin/busybox'));
    for (const name of PROGRAMS.split(' ')) symlinkSync('busybox', join(folder, 'bin', name));
    const tar = execFileSync('tar', ['-C', folder, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
    execFileSync('podman', ['import', '-', NAME], { input: tar, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return `${NAME.replace(/:1$/, '')}@${digest().trim()}`;
}
