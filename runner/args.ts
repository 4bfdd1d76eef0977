import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

export const DRAIN_DEFAULT_MS = 30_000;
/** The plane's CAPACITY_MAX. */
const CAPACITY_LIMIT = 1_000;
const SECRET = /cc[eops]_[0-9A-Za-z]{8,}/;
const ENROLLMENT = /^enr_[0-9A-Za-z]{1,64}$/;
const POOL = /^pool_[0-9A-Za-z]{1,64}$/;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** Which runner of this user is meant; doctor and run need at least one of the first two. */
export interface Target {
  /** What it connected as: an enrollment, or a pool. */
  enrollment: string | null;
  stateDir: string | null;
  planeKey: string | null;
}
export interface ConnectArgs extends Target {
  command: 'connect';
  url: string;
  enrollment: string;
  planeKey: string;
  credentialFile: string | null;
}
export interface DoctorArgs extends Target {
  command: 'doctor';
  json: boolean;
}
export interface RunArgs extends Target {
  command: 'run';
  once: boolean;
  /** Jobs at a time; null takes the default of one. */
  capacity: number | null;
  workDir: string | null;
  keep: boolean;
  confinedOnly: boolean;
  /** How long a drain lets running jobs finish before they are given back. */
  drainMs: number;
}
export type Args = ConnectArgs | DoctorArgs | RunArgs | { command: 'help' } | { command: 'version' };

const TARGET = { '--enrollment': 'value', '--pool': 'value', '--plane-key': 'value', '--state-dir': 'value' } as const;
const OPTIONS: Readonly<Record<'connect' | 'doctor' | 'run', Readonly<Record<string, 'value' | 'flag'>>>> = {
  connect: { ...TARGET, '--url': 'value', '--credential-file': 'value' },
  doctor: { ...TARGET, '--json': 'flag' },
  run: {
    ...TARGET,
    '--once': 'flag',
    '--capacity': 'value',
    '--work-dir': 'value',
    '--keep': 'flag',
    '--confined-only': 'flag',
    '--drain-ms': 'value',
  },
};

export const HELP = `Connected Compute runner: runs approved jobs of one control plane on this machine. It dials out only.

connect --url URL --enrollment ID --plane-key SHA256:…   register this machine with a one-time credential
doctor                                                   check this source, one check per line
run                                                      claim and run jobs until stopped
run --once                                               claim one job, run it, then stop

connect --url URL --pool ID --plane-key SHA256:…         join a pool with its registration token

All three: --enrollment ID or --pool ID, --plane-key SHA256:…, --state-dir DIR (one per enrollment by default).
connect:   --credential-file FILE (mode 0600); else a hidden prompt, or standard input.
doctor:    --json
run:       --capacity N, --work-dir DIR, --keep (leave work directories), --confined-only, --drain-ms N

Exit codes: 0 done, 1 failed check or job, 64 usage, 65 data, 69 plane unavailable, 75 already running,
76 plane not trusted, 77 not permitted.`;

const usage = (message: string): RunnerError => new RunnerError(EXIT.usage, message);

/** Credentials and tokens in argv can be read by every process and stay in the shell's history. */
function refuseSecrets(argv: readonly string[]): void {
  if (!argv.some((word) => SECRET.test(word))) return;
  throw usage(
    'A credential stands on the command line, where others can read it. Nothing was sent. ' +
      'Leave it out: connect asks for it at a hidden prompt, or reads it from standard input or --credential-file. ' +
      'Treat this one as burned: burn it in the console and enroll again.',
  );
}

function readOptions(
  command: 'connect' | 'doctor' | 'run',
  words: readonly string[],
): { values: Map<string, string>; flags: Set<string> } {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    const equals = word.indexOf('=');
    const name = equals > 0 ? word.slice(0, equals) : word;
    const kind = Object.hasOwn(OPTIONS[command], name) ? OPTIONS[command][name] : undefined;
    if (kind === undefined) throw usage(`${command} does not know ${name.slice(0, 40)}. See --help.`);
    if (values.has(name) || flags.has(name)) throw usage(`${name} is given twice.`);
    if (kind === 'flag') {
      if (equals > 0) throw usage(`${name} takes no value.`);
      flags.add(name);
      continue;
    }
    if (equals <= 0) i += 1;
    const value = equals > 0 ? word.slice(equals + 1) : words[i];
    if (value === undefined || value === '' || (equals <= 0 && value.startsWith('--'))) {
      throw usage(`${name} needs a value.`);
    }
    values.set(name, value);
  }
  return { values, flags };
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw usage(`${name} must be a whole number from ${min} to ${max}.`);
  return value;
}

function targetOf(values: Map<string, string>): Target {
  const pool = values.get('--pool') ?? null;
  if (pool !== null && values.has('--enrollment')) throw usage('Give --enrollment or --pool, not both.');
  if (pool !== null && !POOL.test(pool)) throw usage('--pool must be an id like pool_01JA….');
  const enrollment = values.get('--enrollment') ?? null;
  const planeKey = values.get('--plane-key') ?? null;
  if (enrollment !== null && !ENROLLMENT.test(enrollment)) throw usage('--enrollment must be an id like enr_01JA….');
  if (planeKey !== null && !FINGERPRINT.test(planeKey)) {
    throw usage('--plane-key must be a fingerprint: SHA256: and 43 characters.');
  }
  return { enrollment: enrollment ?? pool, planeKey, stateDir: values.get('--state-dir') ?? null };
}

function connectArgs(values: Map<string, string>): ConnectArgs {
  const { enrollment, planeKey, stateDir } = targetOf(values);
  const url = values.get('--url');
  if (url === undefined) throw usage('connect needs --url, the address of the plane.');
  if (enrollment === null) throw usage('connect needs --enrollment or --pool, as the console printed it.');
  if (planeKey === null) throw usage('connect needs --plane-key, so that no other plane gets the credential.');
  return {
    command: 'connect',
    url,
    enrollment,
    planeKey,
    stateDir,
    credentialFile: values.get('--credential-file') ?? null,
  };
}

/** Reads the command line. Throws RunnerError 64 with the mend; a secret in it is refused before anything else. */
export function parseArgs(argv: readonly string[]): Args {
  refuseSecrets(argv);
  const [command, ...words] = argv;
  if (command === '--version' || command === 'version') return { command: 'version' };
  if (command === '--help' || command === '-h' || command === 'help') return { command: 'help' };
  if (command !== 'connect' && command !== 'doctor' && command !== 'run') {
    throw usage(
      command === undefined
        ? 'Say connect, doctor or run. See --help.'
        : 'The first word must be connect, doctor or run. See --help.',
    );
  }
  if (words.includes('--help') || words.includes('-h')) return { command: 'help' };
  const { values, flags } = readOptions(command, words);
  if (command === 'connect') return connectArgs(values);
  const target = targetOf(values);
  if (target.enrollment === null && target.stateDir === null) {
    throw usage(`${command} needs --enrollment, --pool or --state-dir, to know which runner is meant.`);
  }
  if (command === 'doctor') return { command, ...target, json: flags.has('--json') };
  return {
    command,
    ...target,
    once: flags.has('--once'),
    capacity: wholeNumber('--capacity', values.get('--capacity'), 1, CAPACITY_LIMIT),
    workDir: values.get('--work-dir') ?? null,
    keep: flags.has('--keep'),
    confinedOnly: flags.has('--confined-only'),
    drainMs: wholeNumber('--drain-ms', values.get('--drain-ms'), 0, 3_600_000) ?? DRAIN_DEFAULT_MS,
  };
}
