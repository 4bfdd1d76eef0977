import { resolve } from 'node:path';
import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { ClusterSettings } from './kubernetes/cluster-access.ts';
import { CLUSTER_OPTIONS, clusterSettings } from './kubernetes/cluster-options.ts';

export const DRAIN_DEFAULT_MS = 30_000;
/** The plane's CAPACITY_MAX. */
const CAPACITY_LIMIT = 1_000;
const SECRET = /cc[eops]_[0-9A-Za-z]{8,}/;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const ENROLLMENT = /^enr_[0-9A-Za-z]{1,64}$/;
const POOL = /^pool_[0-9A-Za-z]{1,64}$/;
const HOST = /^[a-z0-9][a-z0-9.-]{0,252}(:\d{1,5})?$/;
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
  cluster: ClusterSettings | null;
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
  /** Hosts that repositories may be fetched from, with a port where it is not that of https. */
  checkoutHosts: string[];
  /** Hosts that images of containers may be fetched from. */
  imageRegistries: string[];
  /** Names of secrets whose values stand in this process's environment. */
  secretEnv: string[];
  /** While this file is there, no new job is claimed; what runs goes on. */
  pauseFile: string | null;
  /** Kinds of jobs that are taken; null takes all that this source can run. */
  kinds: string[] | null;
  /** The cluster that Kubernetes jobs run in; null runs none. */
  cluster: ClusterSettings | null;
  /** Where the plane is now; null: where it was at connect. The pinned key says whether it is the same. */
  url: string | null;
}
export interface SecretArgs extends Target {
  command: 'secret';
  action: 'set' | 'list' | 'remove';
  /** Null for `list`. */
  name: string | null;
}
export interface ServiceArgs extends Target {
  command: 'service';
  format: 'systemd' | 'launchd' | 'windows' | null;
  /** Words that `run` is to be started with, paths absolute. */
  runWords: string[];
}
export interface UpgradeArgs extends Target {
  command: 'upgrade';
}
export type Args =
  | ConnectArgs
  | DoctorArgs
  | RunArgs
  | SecretArgs
  | ServiceArgs
  | UpgradeArgs
  | { command: 'help' }
  | { command: 'version' };

const TARGET = { '--enrollment': 'value', '--pool': 'value', '--plane-key': 'value', '--state-dir': 'value' } as const;
/** What `run` takes and a service keeps: it starts without anybody's environment, and for more than one job. */
const KEPT_OPTIONS = {
  ...CLUSTER_OPTIONS,
  '--capacity': 'value',
  '--work-dir': 'value',
  '--keep': 'flag',
  '--confined-only': 'flag',
  '--drain-ms': 'value',
  '--pause-file': 'value',
  '--kinds': 'value',
  '--url': 'value',
  '--image-registry': 'list',
  '--checkout-host': 'list',
} as const;
/** Of these the value is a path: a service starts in another folder than the command that printed it. */
const PATH_OPTIONS: ReadonlySet<string> = new Set(['--kubeconfig', '--work-dir', '--pause-file']);
type Command = 'connect' | 'doctor' | 'run' | 'secret' | 'service' | 'upgrade';
/** `list` may be given more than once. */
const OPTIONS: Readonly<Record<Command, Readonly<Record<string, 'value' | 'flag' | 'list'>>>> = {
  connect: { ...TARGET, '--url': 'value', '--credential-file': 'value' },
  doctor: { ...TARGET, ...CLUSTER_OPTIONS, '--json': 'flag' },
  run: { ...TARGET, ...KEPT_OPTIONS, '--once': 'flag', '--secret-env': 'list' },
  secret: TARGET,
  service: { ...TARGET, ...KEPT_OPTIONS, '--format': 'value' },
  upgrade: TARGET,
};
/** Words that follow a command before its options. */
const ACTIONS: Readonly<Partial<Record<Command, readonly string[]>>> = {
  secret: ['set', 'list', 'remove'],
  service: ['print'],
};
const JOB_KINDS = ['command', 'container', 'kubernetes', 'mcp'];
const SERVICE_FORMATS = ['systemd', 'launchd', 'windows'] as const;

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

interface Given {
  values: Map<string, string>;
  flags: Set<string>;
  lists: Map<string, string[]>;
}

function readOptions(command: Command, words: readonly string[]): Given {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const lists = new Map<string, string[]>();
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
    if (kind === 'list') lists.set(name, [...(lists.get(name) ?? []), value]);
    else values.set(name, value);
  }
  return { values, flags, lists };
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

const isCommand = (word: string | undefined): word is Command => word !== undefined && Object.hasOwn(OPTIONS, word);

/** Takes the word that says what to do with the command's noun. */
function actionOf(command: Command, words: string[]): string | null {
  const actions = ACTIONS[command];
  if (actions === undefined) return null;
  const word = words.shift();
  if (word === undefined || !actions.includes(word)) throw usage(`Say ${command} ${actions.join(' or ')}. See --help.`);
  return word;
}

/** A host, or host and port. */
function hostOf(option: string, word: string): string {
  if (HOST.test(word)) return word;
  throw usage(`${option} must be a host in lower case, like git.example or git.example:8443.`);
}

/** The name of a secret as a job names it: that of an environment variable. */
function secretNameOf(word: string | undefined): string {
  if (word !== undefined && SECRET_NAME.test(word)) return word;
  throw usage('A secret is named like an environment variable, such as NPM_TOKEN. Its value never stands here.');
}

function kindsOf(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const kinds = text.split(',');
  const unknown = kinds.find((kind) => !JOB_KINDS.includes(kind));
  if (unknown !== undefined) throw usage(`--kinds takes ${JOB_KINDS.join(', ')}, not ${unknown.slice(0, 40)}.`);
  return kinds;
}

function formatOf(text: string | undefined): ServiceArgs['format'] {
  if (text === undefined) return null;
  const format = SERVICE_FORMATS.find((each) => each === text);
  if (format === undefined) throw usage(`--format must be ${SERVICE_FORMATS.join(', ')}.`);
  return format;
}

/** Reads the command line. Throws RunnerError 64 with the mend; a secret in it is refused before anything else. */
export function parseArgs(argv: readonly string[]): Args {
  refuseSecrets(argv);
  const [command, ...words] = argv;
  if (command === '--version' || command === 'version') return { command: 'version' };
  if (command === '--help' || command === '-h' || command === 'help') return { command: 'help' };
  if (!isCommand(command)) {
    const words = 'connect, doctor, run, secret, service or upgrade';
    throw usage(command === undefined ? `Say ${words}. See --help.` : `The first word must be ${words}. See --help.`);
  }
  if (words.includes('--help') || words.includes('-h')) return { command: 'help' };
  const action = actionOf(command, words);
  const name = command === 'secret' && action !== 'list' ? secretNameOf(words.shift()) : null;
  const given = readOptions(command, words);
  const { values, flags } = given;
  if (command === 'connect') return connectArgs(values);
  const target = targetOf(values);
  if (target.enrollment === null && target.stateDir === null) {
    throw usage(`${command} needs --enrollment, --pool or --state-dir, to know which runner is meant.`);
  }
  if (command === 'doctor') return { command, ...target, json: flags.has('--json'), cluster: clusterSettings(values) };
  if (command === 'secret') return { command, ...target, action: action as SecretArgs['action'], name };
  if (command === 'upgrade') return { command, ...target };
  const run = runArgs(target, given);
  if (command === 'run') return run;
  return { command, ...target, format: formatOf(values.get('--format')), runWords: keptWords(given) };
}

function runArgs(target: Target, { values, flags, lists }: Given): RunArgs {
  return {
    command: 'run',
    ...target,
    once: flags.has('--once'),
    capacity: wholeNumber('--capacity', values.get('--capacity'), 1, CAPACITY_LIMIT),
    workDir: values.get('--work-dir') ?? null,
    keep: flags.has('--keep'),
    confinedOnly: flags.has('--confined-only'),
    drainMs: wholeNumber('--drain-ms', values.get('--drain-ms'), 0, 3_600_000) ?? DRAIN_DEFAULT_MS,
    secretEnv: (lists.get('--secret-env') ?? []).map(secretNameOf),
    pauseFile: values.get('--pause-file') ?? null,
    kinds: kindsOf(values.get('--kinds')),
    cluster: clusterSettings(values),
    url: values.get('--url') ?? null,
    imageRegistries: (lists.get('--image-registry') ?? []).map((word) => hostOf('--image-registry', word)),
    checkoutHosts: (lists.get('--checkout-host') ?? []).map((word) => hostOf('--checkout-host', word)),
  };
}

/** The options of `run` that were given, as a service is to start with. */
const keptWords = ({ values, flags, lists }: Given): string[] =>
  Object.keys(KEPT_OPTIONS).flatMap((name) => {
    const value = values.get(name);
    if (value !== undefined) return [name, PATH_OPTIONS.has(name) ? resolve(value) : value];
    if (flags.has(name)) return [name];
    return (lists.get(name) ?? []).flatMap((each) => [name, each]);
  });
