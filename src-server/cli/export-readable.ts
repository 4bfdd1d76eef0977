import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { exportRequest } from '../contract/evidence-export.ts';
import { ProblemError } from '../contract/problems.ts';
import { systemClock, systemTimers } from '../plane/clock.ts';
import { exportBundle } from '../plane/evidence/export-bundle.ts';
import { logProver } from '../plane/evidence/log-prover.ts';
import { selectEntries } from '../plane/evidence/select-entries.ts';
import { Host } from '../plane/host.ts';
import { systemRandom } from '../plane/random.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { openExit } from './open-exit.ts';
import { VERSION } from './version.ts';

/**
 * Exports from a data directory without a control plane, and changes nothing in it: what can be read of a damaged log
 * leaves it as a bundle that verifies.
 * @returns size of the file, the fingerprint of the log's key, and how far the log can be read.
 */
export async function exportReadable(
  dataDir: string,
  selection: Record<string, unknown>,
  out: string,
): Promise<{ sizeBytes: number; key: string; because: string }> {
  const host = await Host.open({
    dataDir,
    version: VERSION,
    hostedBy: 'serve',
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    isReadOnly: true,
  }).catch((error: unknown) => {
    throw openExit(error, dataDir);
  });
  const unfinished = `${out}.part`;
  try {
    const [hosted] = host.workspaces();
    if (hosted === undefined) throw new ExitError(EXIT.data, `${dataDir} holds no workspace.`);
    const { workspace, blobs, runLogs } = hosted;
    const { engine } = workspace;
    const pause = (): Promise<void> => new Promise((resolve) => systemTimers.soon(resolve));
    const source = { engine, key: host.key, blobs, runLogs, prover: logProver(engine, host.key), pause };
    const tar = exportBundle(source, selectEntries(engine, exportRequest.parse(selection)));
    await pipeline(tar, createWriteStream(unfinished, { mode: 0o600 }));
    renameSync(unfinished, out);
    return { sizeBytes: statSync(out).size, key: host.key.fingerprint, because: workspace.readOnlyBecause ?? '' };
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error instanceof ProblemError ? new ExitError(EXIT.input, error.detail) : error;
  } finally {
    await host.close();
  }
}
