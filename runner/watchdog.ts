import { type ChildProcess, spawn } from 'node:child_process';
import type { TreeMark } from './process-tree.ts';

/**
 * Waits on its standard input. A line with a number names the process group, the line `gone` says that nothing is left
 * to end. End of input without it means that the runner died: nobody renews the lease any more, so the job must not
 * outlive it. A runner may die after it started the job and before it named the group; the marks find the job then, and
 * whatever left the group. One program looks at all processes at once: where a machine is busy, one for each process
 * would take longer than the job may live. It looks until three looks in a row found none.
 * Arguments: the attempt's directory as a pattern of find (empty for none), then the marking environment entries, each of
 * which a job's process carries.
 * CC_GROUPS: files that name processes of the job; their groups are removed in the end.
 */
const SCRIPT = `
group=
while read -r line; do
  [ "$line" = gone ] && exit 0
  group=$line
done
folder=$1
shift
# No double dash before the group: some shells take it for a process id.
end_group() { [ -z "$group" ] || kill "-$1" "-$group" 2>/dev/null; }
bearing() {
  files=
  [ $# -gt 0 ] && files=$(echo /proc/[0-9]*/environ)
  for mark in "$@"; do
    [ -z "$files" ] || files=$(grep -lzxF -e "$mark" $files 2>/dev/null)
  done
  [ -z "$folder" ] ||
    files="$files $(find /proc/[0-9]*/cwd -maxdepth 0 '(' -lname "$folder" -o -lname "$folder/*" ')' 2>/dev/null)"
  [ -z "$CC_GROUPS" ] || cat $CC_GROUPS 2>/dev/null
  for file in $files; do
    pid=\${file#/proc/}
    echo "\${pid%%/*}"
  done
}
# A look lists the processes and then reads each: what forked meanwhile is in no list, so one look proves little.
look() {
  for again in 1 2 3 4 5; do
    found=$(bearing "$@")
    [ -z "$found" ] || return
  done
}
end_group TERM
end_group CONT
sleep 2
# What cannot fork cannot outrun its end.
for file in $CC_GROUPS; do echo 0 >"\${file%/cgroup.procs}/pids.max"; done 2>/dev/null
round=0
quiet=0
while [ $quiet -lt 3 ] && [ $round -lt 100 ]; do
  end_group KILL
  look "$@"
  if [ -n "$found" ]; then
    # Stopped first, what forks faster than it is killed cannot outrun the round.
    kill -STOP $found 2>/dev/null
    kill -KILL $found 2>/dev/null
    quiet=0
    sleep 0.1 || sleep 1
  else
    quiet=$((quiet + 1))
    sleep 1
  fi
  round=$((round + 1))
done
for file in $CC_GROUPS; do rmdir "\${file%/cgroup.procs}" 2>/dev/null; done
`;

/** A path as a pattern that matches it alone. */
const patternOf = (path: string): string => path.replace(/[*?[\]\\]/g, '\\$&');

/**
 * Program and arguments of a watchdog.
 * @param entries `NAME=value` entries that mark the job's processes.
 * @param directory what works in it belongs to the job; '' for none.
 */
export const watchdogCommand = (entries: readonly string[], directory = ''): [string, string[]] => [
  '/bin/sh',
  ['-c', SCRIPT, 'connected-compute-watchdog', patternOf(directory), ...entries],
];

/** A small shell beside each job that ends the job's tree should this process be killed. POSIX only. */
export class Watchdog {
  readonly #process: ChildProcess | null;

  /** @param groups files of the control groups that hold the job's processes. */
  constructor({ entries, directory }: TreeMark, groups: readonly string[] = []) {
    if (process.platform === 'win32') {
      this.#process = null;
      return;
    }
    // A group of its own, so that a signal to the runner's group does not take the watchdog along.
    const [program, args] = watchdogCommand(entries, directory);
    this.#process = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', CC_GROUPS: groups.join(' ') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a shell there is no watchdog; leftovers are then found at the next start.
    this.#process.on('error', () => undefined);
    this.#process.stdin?.on('error', () => undefined);
    this.#process.unref();
  }

  watch(processGroup: number): void {
    this.#process?.stdin?.write(`${processGroup}\n`);
  }

  /** The tree is gone, or none was ever started. */
  release(): void {
    this.#process?.stdin?.end('gone\n');
  }
}
