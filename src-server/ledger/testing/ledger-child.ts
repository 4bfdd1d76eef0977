import { existsSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { lockDirectory } from '../directory-lock.ts';
import { DirectoryLockedError } from '../errors.ts';
import { GroupCommit } from '../group-commit.ts';
import { sha256Hex } from '../hashing.ts';
import { openFileLog } from '../open-file-log.ts';
import { chainOf } from './ledger-test-kit.ts';

/** The other process of the crash and lock tests: `write DIR`, `hold DIR`, `contend DIR ROUNDS SEED`. */
const [mode, directory = '', rounds = '0', seed = '0'] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);

/** Appends for ever and says each seq when it is durable. */
async function write(): Promise<void> {
  const { log, cut } = await openFileLog({
    directory: `${directory}/log`,
    nowMs: () => 0,
    segmentLimitBytes: 200_000,
  });
  say(`open ${log.nextSeq} ${cut?.cut_bytes ?? 0}`);
  const commit = new GroupCommit(log, setImmediate);
  let prev = log.headHash;
  const client = async () => {
    for (;;) {
      const seq = commit.nextSeq;
      const [line] = chainOf(1, { from: seq, prev, over: { batch: commit.openBatch } });
      prev = sha256Hex(line!);
      commit.stage(line!);
      await commit.durable(seq);
      say(`ack ${seq}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
}

/** Takes the lock with invented pids; an owner "dies" when a file says so, which all processes see. */
function contend(): void {
  const processes = { lifeMark: (pid: number) => (existsSync(`${directory}/dead-${pid}`) ? null : 'alive') };
  const inside = `${directory}/inside`;
  let taken = 0;
  for (let round = 0; taken < Number(rounds); round++) {
    const pid = 1_000_000 * (Number(seed) + 1) + round;
    try {
      const lock = lockDirectory(directory, processes, pid);
      writeFileSync(inside, '', { flag: 'wx' });
      rmSync(inside);
      if (++taken % 3 === 0) lock.release();
      else writeFileSync(`${directory}/dead-${pid}`, '');
    } catch (error) {
      if (!(error instanceof DirectoryLockedError)) throw error;
    }
  }
  say('done');
}

if (mode === 'write') await write();
if (mode === 'contend') contend();
if (mode === 'hold') {
  lockDirectory(directory);
  say('locked');
  // Lives as long as its parent keeps the pipe open.
  process.stdin.resume();
}
