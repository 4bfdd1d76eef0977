import { mkdirSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { ARTIFACT_BYTES_LIMIT, ARTIFACT_COUNT_LIMIT } from '../output-files.ts';
import { matchesPattern } from '../outputs-glob.ts';
import { removeTree } from '../work-dir.ts';
import type { JobPod } from './job-pod.ts';
import { ANSWER, GO_SCRIPT, helper, NETWORK_SCRIPT, RECEIVE_SCRIPT, SEND_SCRIPT } from './pod-scripts.ts';
import { extractTar } from './tar-extract.ts';
import type { TarWriter } from './tar-write.ts';

/** A cluster needs a moment to put its rules in place for a new pod. */
const CUT_LIMIT_MS = 10_000;
const CUT_POLL_MS = 1_000;
/** More than one output of each name is not told apart by the outputs' own limits; links and copies count too. */
const EXTRACT_FILES_LIMIT = 2 * ARTIFACT_COUNT_LIMIT;

export interface NetworkTarget {
  host: string;
  port: number;
}

/** Sends an archive into the pod. It has to end with the file `cc/sent`. */
export async function sendFiles(pod: JobPod, archive: TarWriter): Promise<void> {
  archive.addText('cc/sent', '');
  const { code, stderr } = await pod.run(helper(RECEIVE_SCRIPT, String(archive.sizeBytes)), archive.bytes());
  if (code !== 0) throw new Error(`The inputs could not be put into the pod: ${stderr.trim().slice(0, 200) || code}.`);
}

/** What the network lets through at this moment, as seen from inside the pod. */
export async function openTargets(pod: JobPod, targets: readonly NetworkTarget[]): Promise<string[]> {
  const words = targets.flatMap(({ host, port }) => [host, String(port)]);
  const lines = (await pod.run(helper(NETWORK_SCRIPT, ...words))).stdout.trim().split('\n');
  if (lines.pop() !== 'looked') throw new Error('The network of the pod could not be looked at.');
  return lines.map((line) => line.replace(/^open /, '').replace(' ', ':'));
}

/** Looks from inside the pod until nothing is reached. Returns what still is in the end; none when it is cut. */
export async function untilCut(pod: JobPod, targets: readonly NetworkTarget[], clock: Clock): Promise<string[]> {
  const giveUpAtMonoMs = clock.now().monoMs + CUT_LIMIT_MS;
  for (;;) {
    const open = await openTargets(pod, targets);
    if (open.length === 0 || clock.now().monoMs > giveUpAtMonoMs) return open;
    await clock.sleep(CUT_POLL_MS);
  }
}

/** What a network that is not cut means, without a full stop. */
export const notCutWords = (open: readonly string[]): string =>
  `The cluster does not enforce network rules: a pod whose network is to be cut reaches ${open.join(' and ')}`;

/** Lets the job begin. Returns false when its image has no such program; throws in words when it did not answer. */
export async function letGo(pod: JobPod): Promise<boolean> {
  const { stdout } = await pod.run(helper(GO_SCRIPT));
  const answer = stdout.trim();
  if (answer !== ANSWER.started && answer !== ANSWER.missing)
    throw new Error('The container of the job did not begin.');
  return answer === ANSWER.started;
}

/** First segments of the patterns: only what lies below them can be an output. `.` where one has a wildcard there. */
export function rootsOf(patterns: readonly string[]): string[] {
  const roots = new Set(patterns.map((pattern) => pattern.split('/')[0] as string));
  return [...roots].some((root) => /[*?]/.test(root)) ? ['.'] : [...roots].sort();
}

/** Leaves nothing in a folder. */
export function emptyFolder(path: string): void {
  removeTree(path);
  mkdirSync(path, { mode: 0o700 });
}

/** Replaces the work directory by the outputs that the job left in its pod. */
export async function takeOutputs(pod: JobPod, patterns: readonly string[], workDir: string): Promise<void> {
  emptyFolder(workDir);
  if (patterns.length === 0) return;
  const exec = await pod.exec(helper(SEND_SCRIPT, ...rootsOf(patterns)));
  try {
    // What it cannot read it leaves out and says so by its code; that the archive is whole is seen by its end.
    exec.stderr.resume();
    await extractTar(exec.stdout as AsyncIterable<Buffer>, workDir, {
      wants: (name) => patterns.some((pattern) => matchesPattern(pattern, name)),
      limitBytes: ARTIFACT_BYTES_LIMIT,
      limitFiles: EXTRACT_FILES_LIMIT,
    });
  } finally {
    exec.close();
  }
}
