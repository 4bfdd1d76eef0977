import { existsSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { verifyChain } from '../ledger/chain.ts';
import type { FileLog } from '../ledger/file-log.ts';
import { openFileLog } from '../ledger/open-file-log.ts';
import { listSnapshots, readSnapshot } from '../ledger/snapshot-files.ts';
import { Anchor } from '../plane/anchor.ts';
import { EvidenceCheck } from '../plane/check/evidence.ts';
import { KeptBytesCheck } from '../plane/check/kept-bytes.ts';
import { systemClock, systemTimers } from '../plane/clock.ts';
import { FileBlobs } from '../plane/files/file-blobs.ts';
import { FileRunLogs } from '../plane/files/file-run-logs.ts';
import { rebuildHot } from '../plane/hot/rebuild.ts';
import { checkState } from '../plane/invariants.ts';
import { PLANE_WORKSPACE } from '../plane/plane-log.ts';
import { systemRandom } from '../plane/random.ts';
import { replay } from '../plane/replay.ts';
import { dumpTables } from '../state/queries/dump.ts';
import { State, StateOutdatedError } from '../state/state.ts';
import { anchorCheck } from './anchor-check.ts';

/** Hears how far a long check has come. */
export type Tell = (sentence: string) => void;
const TOLD_EVERY_ENTRIES = 100_000;

export interface DataCheck {
  id: string;
  passed: boolean;
  detail: string;
}

/**
 * Checks a data directory without changing it; a running plane is not disturbed.
 * @param anchorDir where its last signed heads are kept; null leaves them out.
 */
export async function inspect(
  dataDir: string,
  isDeep: boolean,
  tell: Tell = () => undefined,
  anchorDir: string | null = null,
): Promise<DataCheck[]> {
  const checks: DataCheck[] = [privateFile(dataDir, 'plane.key'), privateFile(dataDir, 'console.json')].filter(
    (c) => c !== null,
  );
  const plane = await openLog(`${dataDir}/plane/log`);
  checks.push(...chainChecks('plane.log', plane));
  const ids = [...plane.log.read(0)].flatMap(({ line }) => workspacesIn(line));
  const keys = [...plane.log.read(0)].flatMap(({ line }) => keysIn(line));
  const key = keys.at(-1);
  const anchor =
    anchorDir === null || key === undefined ? null : Anchor.open(anchorDir, key, systemClock, systemTimers);
  if (anchor !== null && checks.every((c) => c.passed)) checks.push(anchorCheck(anchor, PLANE_WORKSPACE, plane.log));
  if (isDeep && checks.every((c) => c.passed)) checks.push(evidenceCheck(PLANE_WORKSPACE, plane.log, keys, tell));
  await plane.log.close();
  for (const [index, id] of ids.entries()) {
    const directory = index === 0 ? dataDir : `${dataDir}/workspaces/${id}`;
    checks.push(...(await inspectWorkspace(directory, id, isDeep, keys, tell, anchor)));
  }
  return checks;
}

/** Keys that the plane has had, oldest first: each of them may have signed. */
function keysIn(line: Buffer): Buffer[] {
  const { events } = JSON.parse(line.toString('utf8')) as {
    events: { type: string; body: { public_key?: string } }[];
  };
  return events.flatMap((e) =>
    (e.type === 'key.created' || e.type === 'key.rotated') && e.body.public_key !== undefined
      ? [Buffer.from(e.body.public_key, 'base64')]
      : [],
  );
}

/** The tree again from the bytes, and every checkpoint and cosignature in the log judged by it. */
function evidenceCheck(id: string, log: FileLog, keys: Buffer[], tell: Tell): DataCheck {
  const check = new EvidenceCheck(id, keys, log);
  for (const entry of log.read(0)) {
    check.take(entry);
    if (check.size % TOLD_EVERY_ENTRIES === 0) tell(`${id}: ${check.size} of ${log.nextSeq} entries`);
  }
  const { violations, checkpoints, cosignatures } = check;
  return {
    id: `evidence.${id}`,
    passed: violations.length === 0,
    detail:
      violations.length === 0
        ? `the tree over ${check.size} entries confirms ${checkpoints} checkpoints and ${cosignatures} cosignatures`
        : violations
            .slice(0, 5)
            .map((v) => `${v.invariant} at entry ${v.seq}: ${v.detail}`)
            .join('; '),
  };
}

/** What is kept beside the log, against the digests in it. */
async function keptCheck(directory: string, id: string, log: FileLog, tell: Tell): Promise<DataCheck> {
  const runLogs = new FileRunLogs(`${directory}/runs`, systemTimers, true);
  const check = new KeptBytesCheck(new FileBlobs(`${directory}/blobs`, systemRandom, true), runLogs);
  for (const entry of log.read(0)) {
    await check.take(entry);
    if ((entry.seq + 1) % TOLD_EVERY_ENTRIES === 0) tell(`${id}: what ${entry.seq + 1} of ${log.nextSeq} entries name`);
  }
  await runLogs.close();
  const { faults, compared, receipts, notKept } = check;
  return {
    id: `kept.${id}`,
    passed: faults.length === 0,
    detail:
      faults.length === 0
        ? `${compared} artifacts, logs and receipts have the bytes of their digests, ${receipts} receipts are signed by their runners, ${notKept} are not kept any more`
        : faults
            .slice(0, 5)
            .map(({ seq, detail }) => `entry ${seq}: ${detail}`)
            .join('; '),
  };
}

function workspacesIn(line: Buffer): string[] {
  const { events } = JSON.parse(line.toString('utf8')) as {
    events: { type: string; body: { workspace_id?: string } }[];
  };
  return events.flatMap((e) =>
    e.type === 'config.workspace' && e.body.workspace_id !== undefined ? [e.body.workspace_id] : [],
  );
}

function privateFile(dataDir: string, name: string): DataCheck | null {
  const path = `${dataDir}/${name}`;
  if (!existsSync(path) || platform() === 'win32') return null;
  const mode = statSync(path).mode & 0o777;
  const passed = (mode & 0o077) === 0;
  return {
    id: `private.${name}`,
    passed,
    detail: passed ? 'readable by its owner only' : `mode ${mode.toString(8)}; run chmod 600 ${path}`,
  };
}

const openLog = (directory: string) =>
  openFileLog({
    directory,
    nowMs: () => systemClock.monoMs(),
    mode: 'read_only',
    olderBudgetMs: Number.MAX_SAFE_INTEGER,
  });

function chainChecks(id: string, opened: { log: FileLog; cut: { cut_bytes: number } | null }): DataCheck[] {
  const { fault, nextSeq } = verifyChain(opened.log.read(0));
  const damage = opened.log.damage;
  const passed = fault === null && damage === null;
  const torn =
    opened.cut === null
      ? ''
      : `; ${opened.cut.cut_bytes} bytes of an unfinished write at its end, cut at the next start`;
  return [
    {
      id,
      passed,
      detail: passed
        ? `${nextSeq} entries, no gaps, chain holds${torn}`
        : (damage?.message ?? `entry ${fault?.seq}: ${fault?.reason}`),
    },
  ];
}

async function inspectWorkspace(
  directory: string,
  id: string,
  isDeep: boolean,
  keys: Buffer[],
  tell: Tell,
  anchor: Anchor | null,
): Promise<DataCheck[]> {
  const opened = await openLog(`${directory}/log`);
  const checks = chainChecks(`log.${id}`, opened);
  try {
    if (anchor !== null && checks.every((c) => c.passed)) checks.push(anchorCheck(anchor, id, opened.log));
    if (isDeep && checks.every((c) => c.passed)) {
      checks.push(evidenceCheck(id, opened.log, keys, tell));
      checks.push(await keptCheck(directory, id, opened.log, tell));
    }
    if (checks.every((c) => c.passed)) checks.push(...(await stateChecks(directory, id, opened.log, isDeep)));
  } finally {
    await opened.log.close();
  }
  return checks;
}

/** A snapshot with the log after it must give the state that the whole log gives. */
async function compareSnapshot(bytes: Uint8Array, log: FileLog, fromLog: State): Promise<Omit<DataCheck, 'id'>> {
  let fromSnapshot: State;
  try {
    fromSnapshot = replay(log, await State.fromSnapshot(bytes));
  } catch (error) {
    if (!(error instanceof StateOutdatedError)) throw error;
    return { passed: true, detail: 'was written by an older version and is passed over; the log alone tells the same' };
  }
  const passed = dumpTables(fromSnapshot.db) === dumpTables(fromLog.db);
  fromSnapshot.close();
  return {
    passed,
    detail: passed
      ? 'with the log after it, gives the state that the whole log gives'
      : 'differs from what the log tells',
  };
}

async function stateChecks(directory: string, id: string, log: FileLog, isDeep: boolean): Promise<DataCheck[]> {
  const checks: DataCheck[] = [];
  const fromLog = replay(log, await State.empty());
  for (const file of listSnapshots(`${directory}/sqlite`)) {
    const { bytes, problem } = readSnapshot(file);
    if (bytes === null)
      checks.push({
        id: `snapshot.${file.seq}`,
        passed: false,
        detail: `${problem}; it is skipped, the log alone tells the same`,
      });
    else if (isDeep && file.seq <= log.nextSeq) {
      checks.push({ id: `snapshot.${file.seq}`, ...(await compareSnapshot(bytes, log, fromLog)) });
    } else checks.push({ id: `snapshot.${file.seq}`, passed: true, detail: 'matches its digest' });
  }
  if (isDeep) {
    const violations = checkState(log, fromLog, rebuildHot(fromLog));
    const detail =
      violations.length === 0
        ? 'every invariant holds, recomputed from the log'
        : violations
            .slice(0, 5)
            .map((v) => `${v.invariant}: ${v.detail}`)
            .join('; ');
    checks.push({ id: `invariants.${id}`, passed: violations.length === 0, detail });
  }
  fromLog.close();
  return checks;
}
