import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { probeContainers } from './probe-containers.ts';

const PATH = process.env.PATH;
const folders: string[] = [];
/** A folder with programs of these names as the only PATH. */
function onlyPath(programs: Record<string, string>): void {
  const folder = mkdtempSync(join(tmpdir(), 'cc-path-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}`);
    chmodSync(join(folder, name), 0o755);
  }
  process.env.PATH = folder;
}
afterEach(() => {
  process.env.PATH = PATH;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('the probe of container engines', () => {
  test('finds podman by containers that it ran, with its limits', async () => {
    const { engine, why } = await probeContainers('linux');
    expect(why).toBeNull();
    expect(engine).toMatchObject({ name: 'podman', hasLimits: true });
  }, 60_000);

  test('says that there is none', async () => {
    onlyPath({});
    expect(await probeContainers('linux')).toEqual({ engine: null, why: 'neither podman nor docker is installed' });
  });

  test('believes no engine that only has a version', async () => {
    onlyPath({ docker: 'case "$1" in --version) echo Docker version 1.2.3 ;; esac; exit 0' });
    expect(await probeContainers('linux')).toMatchObject({ engine: null, why: expect.stringContaining('docker: ') });
  });

  test('tells why a daemon does not answer', async () => {
    const said = 'echo "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?" >&2; exit 1';
    onlyPath({ docker: `case "$1" in --version) echo Docker version 1.2.3 ;; *) ${said} ;; esac` });
    expect((await probeContainers('linux')).why).toContain('Cannot connect to the Docker daemon');
  });
});

test('promises nothing where it was never tried', async () => {
  expect(await probeContainers('darwin')).toMatchObject({ engine: null });
});
