import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleOf, naiveProver } from '../helpers/bundle-under-test.ts';
import type { CheckedAnswer } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

export const VERIFIER = join(import.meta.dirname, '../../resources/evidence/verify.py');
const MANY = join(import.meta.dirname, 'verify-many.py');
export const CANARY = 'canary-of-job-b-7f3a';
type Parsed = CheckedAnswer['json'];

/** Programs that these tests hold us against; each is looked for, and named when it is not there. */
export const missingPrograms = (): string[] =>
  ['openssl', 'ssh-keygen', 'python3', 'bash'].filter(
    (name) => spawnSync(name, ['-V'], { input: '' }).error !== undefined,
  );

/** A plane where two jobs ran: A with an artifact, a log and a receipt, B full of canaries. */
export class BundleStory {
  readonly folder = mkdtempSync(join(tmpdir(), 'cc-bundle-'));
  jobA = '';
  jobB = '';
  private size = 0;
  private constructor(
    readonly plane: PlaneUnderTest,
    readonly runner: RunnerUnderTest,
  ) {}

  static async play(): Promise<BundleStory> {
    const plane = await PlaneUnderTest.start();
    const story = new BundleStory(plane, await plane.runner('laptop-1'));
    story.jobA = await story.run({ wu_id: 'WU-A', title: 'The first' }, 'report of a');
    story.jobB = await story.run(
      { wu_id: `WU-${CANARY}`, title: CANARY, command: { argv: [CANARY], env: { X: CANARY } } },
      CANARY,
    );
    story.size = plane.hosted.workspace.engine.nextSeq;
    return story;
  }

  get key(): string {
    return this.plane.host.key.fingerprint;
  }

  private async run(spec: Record<string, unknown>, words: string): Promise<string> {
    const { runner, plane } = this;
    const { job_id: jobId } = await plane.submit({ outputs: ['*'], ...spec });
    const assignment: Parsed = await runner.claimOne();
    const { lease } = assignment;
    await runner.onLease('start', lease.lease_id, { fence: lease.fence });
    await runner.onLease('logPut', lease.lease_id, {
      fence: lease.fence,
      stream: 'stdout',
      offset: 0,
      data: `${words}\n`,
    });
    const outputs = [(await runner.artifact(lease, `${words}.txt`, Buffer.from(words))).json];
    const settled = await runner.complete(lease, { outputs, run_receipt: runner.receipt(assignment, { outputs }) });
    if (settled.status !== 200) throw new Error(settled.text);
    return jobId;
  }

  /** Job A's bundle against a checkpoint that the runner cosigned. */
  bundle(change?: (text: string) => string): Promise<Buffer> {
    const { runner, plane } = this;
    const cosigner = {
      sessionId: runner.sessionId,
      publicKey: runner.publicKey,
      sign: (b: Uint8Array) => runner.signBytes(b),
    };
    return bundleOf(plane, { job_id: this.jobA }, naiveProver(plane, [cosigner], change, this.size));
  }

  file(name: string, bytes: Uint8Array): string {
    writeFileSync(join(this.folder, name), bytes);
    return join(this.folder, name);
  }

  /** Unpacks a bundle and runs the commands that its README prints, in bash as they stand. */
  byHand(tar: Uint8Array): { folder: string; readme: string; ran: SpawnSyncReturns<string> } {
    const folder = mkdtempSync(join(this.folder, 'by-hand-'));
    const unpacked = spawnSync('tar', ['xf', this.file('by-hand.tar', tar), '-C', folder]);
    if (unpacked.status !== 0) throw new Error(String(unpacked.stderr));
    const readme = readFileSync(join(folder, 'README.txt'), 'utf8');
    const part = readme.slice(readme.indexOf('VERIFY BY HAND'), readme.indexOf('WHAT IS IN HERE'));
    const commands = [...part.matchAll(/^ {4}(\S.*)$/gm)].map((m) => m[1] as string);
    if (commands.length < 9) throw new Error('the README prints fewer commands than it did');
    const script = ['-e', '-o', 'pipefail', '-c', commands.join('\n')];
    return { folder, readme, ran: spawnSync('bash', script, { cwd: folder, encoding: 'utf8' }) };
  }

  /** What verify.py says of variants of a bundle: code and last words of each. */
  python(base: Buffer, lines: readonly string[]): [number, string][] {
    const ran = spawnSync('python3', [MANY, VERIFIER, this.file('base.tar', base)], {
      input: lines
        .map((line) => `${line} ${line.startsWith('file') && line.split(' ').length > 2 ? '' : this.key}\n`)
        .join(''),
      maxBuffer: 2 ** 28,
    });
    if (ran.status !== 0) throw new Error(String(ran.stderr));
    return String(ran.stdout)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  async close(): Promise<void> {
    await this.plane.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
