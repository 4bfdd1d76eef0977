/** Where things lie in the containers that stand around the job. */
export const HELPER_FILES = { work: '/job', tmp: '/tmp', control: '/cc', log: '/log' } as const;
/** Where the job's container has what starts it, read-only. */
export const CONTROL_INSIDE = '/.cc';
/** What the job's container answers to the word to go. */
export const ANSWER = { started: 'started', missing: 'missing' } as const;
/** How long the pod goes on without hearing from its runner, in seconds. */
export const SILENCE_LIMIT_S = 60;
/** The runner speaks to the pod this often. */
export const ALIVE_EVERY_MS = 15_000;

/** Runs before the job's container is made: that container needs one program of ours, and pipes to be heard by. */
export const PREPARE_SCRIPT = `
set -e
b=/bin/busybox
if $b head -c 4096 $b | $b grep -q /ld-; then exit 3; fi
$b cp $b /cc/busybox
$b mkfifo /cc/out /cc/err /cc/control /cc/answer
: >/log/out
: >/log/err
: >/log/alive
`;

/**
 * The first process of the job's container. It waits for the word to go, so that nothing of the job runs before its files
 * are there and its network was seen to be cut. A second process then obeys what the runner says, because a first one
 * would not be reached by its own signals. The job itself is neither: it ends by any signal like everywhere, and with the
 * first process everything that it started ends, wherever it hides.
 */
export const JOB_SCRIPT = `
set -f
exec 3<>/.cc/control
trap 'exit 143' TERM
read -r cc_word <&3
[ "$cc_word" = go ] || exit 125
trap - TERM
[ -e /.cc/path ] && . /.cc/path
. /.cc/argv
case $1 in
  */*) ;;
  *) IFS=:
    for cc_word in $PATH; do
      [ -f "$cc_word/$1" ] && [ -x "$cc_word/$1" ] && { cc_word=$cc_word/$1; shift; set -- "$cc_word" "$@"; break; }
    done
    unset IFS ;;
esac
[ -f "$1" ] && [ -x "$1" ] || { echo ${ANSWER.missing} 1<>/.cc/answer; exit 127; }
unset cc_word
(
  trap '' TERM INT HUP
  while read -r cc_word <&3; do
    case $cc_word in
      term) kill -TERM -1 ;;
      kill) kill -KILL -1 ;;
      stop) kill -STOP -1 ;;
      continue) kill -CONT -1 ;;
    esac
  done
) &
echo ${ANSWER.started} 1<>/.cc/answer
( . /.cc/environment; exec "$@" ) </dev/null >/.cc/out 2>/.cc/err 3>&-
exit $?
`;

/**
 * Stands beside the job: keeps what it writes in order, so that the runner can read on from any place, and ends it when
 * nothing was heard from the runner for too long. What the cluster itself asks to end is told the job too.
 */
export const BESIDE_SCRIPT = `
b=/bin/busybox
trap 'echo term 1<>/cc/control' TERM
{ $b cat /cc/out >>/log/out; : >/log/out.end; } &
{ $b cat /cc/err >>/log/err; : >/log/err.end; } &
silent=0
while [ $silent -lt $1 ]; do
  if [ -e /log/alive ]; then $b rm -f /log/alive; silent=0; else silent=$((silent + 1)); fi
  $b sleep 1
done
echo continue 1<>/cc/control
echo kill 1<>/cc/control
`;

/** Says what the network lets through: each word is a host and a port. The last line says that it looked. */
export const NETWORK_SCRIPT = `
b=/bin/busybox
try() { $b nc -w 2 "$1" "$2" -e $b true </dev/null >/dev/null 2>&1 && echo "open $1 $2"; }
while [ $# -gt 1 ]; do
  try "$1" "$2" &
  shift 2
done
[ -n "$KUBERNETES_SERVICE_HOST" ] && try "$KUBERNETES_SERVICE_HOST" "\${KUBERNETES_SERVICE_PORT:-443}"
wait
echo looked
`;

/** Takes so many bytes of an archive. It ends by their count, because the input of a program in a pod does not end. */
export const RECEIVE_SCRIPT = `
b=/bin/busybox
$b head -c "$1" | $b tar -xf - -C / && [ -e /cc/sent ]
`;

/** Both streams from these places on, as they grow, until whoever reads them hangs up. */
export const FOLLOW_SCRIPT = `
b=/bin/busybox
$b tail -c "+$1" -f /log/out &
out=$!
$b tail -c "+$2" -f /log/err >&2 &
err=$!
$b cat >/dev/null
kill $out $err
`;

/** The rest of both streams, once the job can write no more. */
export const REST_SCRIPT = `
b=/bin/busybox
tries=0
until [ -e /log/out.end ] && [ -e /log/err.end ] || [ $tries -ge 100 ]; do
  $b sleep 0.1 2>/dev/null || $b sleep 1
  tries=$((tries + 1))
done
$b tail -c "+$1" /log/out
$b tail -c "+$2" /log/err >&2
`;

/** An archive of those of the named things that are there, each directly in the work directory: no link is followed. With none of
 * them it is an empty archive, which ends like any. */
export const SEND_SCRIPT = `
cd /job || exit 1
for name; do
  shift
  if [ -e "./$name" ] || [ -h "./$name" ]; then set -- "$@" "./$name"; fi
done
[ $# -gt 0 ] || exec /bin/busybox head -c 1024 /dev/zero
exec /bin/busybox tar -cf - "$@"
`;

/** Tells the job's container one word. */
export const SAY_SCRIPT = 'echo "$1" 1<>/cc/control';

/** Tells it to go, and what it answers. */
export const GO_SCRIPT = `
exec 4<>/cc/answer
: >/log/alive
echo go 1<>/cc/control
read -r -t 30 answer <&4
echo "$answer"
`;

/** What a file of the temporary folder holds from this place on, as it grows. */
export const QUESTIONS_SCRIPT = `
b=/bin/busybox
$b tail -c "+$2" -f "/tmp/$1" &
tail=$!
$b cat >/dev/null
kill $tail
`;

/** Gives a file of the temporary folder this many bytes, all at once for who looks at it. */
export const ROOM_SCRIPT = `
b=/bin/busybox
$b head -c "$2" >"/tmp/$1.new" && $b mv "/tmp/$1.new" "/tmp/$1"
`;

/** The runner is there. */
export const ALIVE_SCRIPT = ': >/log/alive';

/** A script with its words, as a container runs it. */
export const helper = (script: string, ...words: string[]): string[] => [
  '/bin/busybox',
  'sh',
  '-c',
  script,
  'cc',
  ...words,
];

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/** Names that each pod gets from its cluster, and the job has no use for. */
const OF_THE_CLUSTER = [
  ...['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_HTTPS', 'PORT', 'PORT_443_TCP'],
  ...['PORT_443_TCP_ADDR', 'PORT_443_TCP_PORT', 'PORT_443_TCP_PROTO'],
].map((name) => `KUBERNETES_${name}`);

/** The files by which the job is started: what it runs, and its environment. They lie in memory, never in the cluster's store. */
export function startFiles(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const { PATH, ...others } = environment;
  const exports = Object.entries(others).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  return {
    argv: `set -- ${argv.map(quoted).join(' ')}\n`,
    environment: `unset ${OF_THE_CLUSTER.join(' ')}\n${exports.join('')}`,
    ...(PATH === undefined ? {} : { path: `export PATH=${quoted(PATH)}\n` }),
  };
}
