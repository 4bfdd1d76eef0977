import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Waits on its standard input. A line with a number names the process group, the line `gone` says that nothing is left
 * to end. End of input without it means that the runner died: nobody renews the lease any more, so the job must not
 * outlive it. A runner may die after it started the job and before it named the group; the marks find the job then.
 * Arguments: the marking environment entries, each of which a job's process carries.
 */
const SCRIPT = `
group=
while read -r line; do
  [ "$line" = gone ] && exit 0
  group=$line
done
# No double dash before the group: some shells take it for a process id.
end_group() { [ -z "$group" ] || kill "-$1" "-$group" 2>/dev/null; }
end_group TERM
end_group CONT
sleep 2
round=0
while [ $round -lt 3 ]; do
  end_group KILL
  for file in /proc/[0-9]*/environ; do
    text=$(tr '\\0' '\\n' 2>/dev/null <"$file") || continue
    found=1
    for mark in "$@"; do
      case "
$text
" in *"
$mark
"*) ;; *) found=0 ;; esac
    done
    pid=\${file#/proc/}
    [ $found = 1 ] && [ $# -gt 0 ] && kill -KILL "\${pid%/environ}" 2>/dev/null
  done
  round=$((round + 1))
  sleep 1
done
`;

/** Program and arguments of a watchdog. @param entries `NAME=value` entries that mark the job's processes. */
export const watchdogCommand = (entries: readonly string[]): [string, string[]] => [
  '/bin/sh',
  ['-c', SCRIPT, 'connected-compute-watchdog', ...entries],
];

/** A small shell beside each job that ends the job's tree should this process be killed. POSIX only. */
export class Watchdog {
  readonly #process: ChildProcess | null;

  /** @param entries `NAME=value` entries of the job's environment that mark its processes. */
  constructor(entries: readonly string[]) {
    if (process.platform === 'win32') {
      this.#process = null;
      return;
    }
    // A group of its own, so that a signal to the runner's group does not take the watchdog along.
    const [program, args] = watchdogCommand(entries);
    this.#process = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
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
