import { jobSubmit } from '../../../src-server/contract/job.ts';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import type { ComputeClass, Confinement } from '../../../src-server/contract/terms.ts';
import type { BodyOf } from '../../api/calls.ts';
import { type AgentDraft, EMPTY_AGENT, readAgent } from './agent-draft.ts';
import { splitArguments } from './split-arguments.ts';

export type DraftInput = { id: number; path: string } & ({ text: string } | { base64: string; sizeBytes: number });

/** The form as it is typed: numbers are text until they are read. */
export interface SubmitDraft {
  wuId: string;
  title: string;
  kind: 'command' | 'mcp';
  command: string;
  /** Counts for kind `mcp`. */
  agent: AgentDraft;
  isShell: boolean;
  computeClass: ComputeClass;
  labels: Record<string, string>;
  inputs: DraftInput[];
  /** Globs, one a line. */
  outputs: string;
  maxRuntimeMin: string;
  attempts: string;
  priority: string;
  /** `NAME=value`, one a line. */
  env: string;
  /** Empty turns it off. */
  stallS: string;
  /** A person has to approve it before it can be claimed. Counts for kind `command`; an agent asks by its tools. */
  isHeld: boolean;
  /** What the approver reads. */
  heldBecause: string;
  network: 'none' | 'egress' | 'private';
  /** Name of the private network, without `private:`. */
  privateName: string;
  /** `host:port`, one a line. */
  egress: string;
  confinement: Confinement;
}

export const EMPTY_DRAFT: SubmitDraft = {
  wuId: '',
  title: '',
  kind: 'command',
  command: '',
  agent: EMPTY_AGENT,
  isShell: false,
  computeClass: 'cpu-small',
  labels: {},
  inputs: [],
  outputs: '',
  maxRuntimeMin: '10',
  attempts: '3',
  priority: '50',
  env: '',
  stallS: '120',
  isHeld: false,
  heldBecause: '',
  network: 'none',
  privateName: '',
  egress: '',
  confinement: 'preferred',
};

export interface ReadDraft {
  /** Null while something is missing or wrong. */
  spec: BodyOf<'jobSubmit'> | null;
  errors: FieldError[];
  /** About the command, where nothing is wrong but it may not be meant. */
  hint: string | null;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** The plane reads at most 1 MiB a request; base64 and the rest of the job need their share. */
export const INPUTS_LIMIT_BYTES = 700 * 1_024;

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
/** Text as a number; what is no number becomes NaN, which the contract refuses. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
const sizeOf = (input: DraftInput) => ('text' in input ? new Blob([input.text]).size : input.sizeBytes);

const readEnv = (text: string): { env: Record<string, string>; errors: FieldError[] } => {
  const env: Record<string, string> = {};
  const errors: FieldError[] = [];
  for (const line of linesOf(text)) {
    const at = line.indexOf('=');
    if (at < 1) errors.push({ pointer: '/command/env', message: `${line} is not NAME=value.` });
    else env[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return { env, errors };
};

const NUMBERS: readonly (readonly [keyof SubmitDraft, string, string])[] = [
  ['maxRuntimeMin', '/max_runtime_ms', 'From 0.1 to 10,080 minutes.'],
  ['attempts', '/max_attempts', 'From 1 to 20.'],
  ['priority', '/priority', 'From 0 to 100.'],
  ['stallS', '/stall_ms', 'From 1 second to a day, or empty for none.'],
];
const NEEDED: Readonly<Record<string, string>> = {
  '/wu_id': 'A work unit like WU-123.',
  '/title': 'A title is needed.',
  '/network': 'A name like registry: small letters, digits and hyphens.',
  ...Object.fromEntries(NUMBERS.map(([, pointer, message]) => [pointer, message])),
};

const approvalOf = (because: string) => ({
  when: 'before_start' as const,
  ...(because.trim() === '' ? {} : { reason: because.trim() }),
});

/** Reads the form as the contract would: the job, or what is wrong with which field, by JSON pointer. */
export const readDraft = (draft: SubmitDraft): ReadDraft => {
  const split = draft.isShell
    ? draft.command.trim() === ''
      ? { problem: 'A command is needed.' }
      : { argv: [draft.command], hint: null }
    : splitArguments(draft.command);
  const { env, errors } = readEnv(draft.env);
  if ('problem' in split) errors.push({ pointer: '/command/argv', message: split.problem });
  if (draft.inputs.reduce((sum, input) => sum + sizeOf(input), 0) > INPUTS_LIMIT_BYTES) {
    errors.push({ pointer: '/inputs', message: 'Inputs sent from here are 700 KiB in all at most.' });
  }
  const program = { argv: 'argv' in split ? split.argv : ['-'], env, shell: draft.isShell };
  const agent = draft.kind === 'mcp' ? readAgent(draft.agent) : null;
  if (agent !== null) errors.push(...agent.errors);
  const spec = {
    wu_id: draft.wuId.trim(),
    title: draft.title.trim(),
    ...(agent === null
      ? { command: program, ...(draft.isHeld ? { approval: approvalOf(draft.heldBecause) } : {}) }
      : {
          kind: 'mcp' as const,
          mcp: { ...program, ...agent.mcp },
          budget: agent.budget,
          ...(agent.asks ? { approval: { when: 'on_request' as const } } : {}),
        }),
    inputs: draft.inputs.map((input) =>
      'text' in input ? { path: input.path, text: input.text } : { path: input.path, base64: input.base64 },
    ),
    outputs: linesOf(draft.outputs),
    compute_class: draft.computeClass,
    labels: draft.labels,
    priority: numberOf(draft.priority),
    network: draft.network === 'private' ? `private:${draft.privateName.trim()}` : draft.network,
    egress: draft.network === 'egress' ? linesOf(draft.egress) : [],
    confinement: draft.confinement,
    max_runtime_ms: Math.round(numberOf(draft.maxRuntimeMin) * MINUTE_MS),
    max_attempts: numberOf(draft.attempts),
    stall_ms: draft.stallS.trim() === '' ? null : Math.round(numberOf(draft.stallS) * SECOND_MS),
  } satisfies BodyOf<'jobSubmit'>;
  const parsed = jobSubmit.safeParse(spec);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      // One field for the program, whatever kind it is of; what the agent's own part said already is not said again.
      const pointer = `/${issue.path.map(String).join('/')}`.replace(/^\/mcp\/(argv|env|shell)/, '/command/$1');
      if (errors.some((error) => error.pointer === pointer)) continue;
      errors.push({ pointer, message: NEEDED[pointer] ?? `${issue.message}.` });
    }
  }
  return { spec: errors.length === 0 ? spec : null, errors, hint: 'hint' in split ? split.hint : null };
};

/** What is wrong with a field or anything below it. */
export const messageUnder = (errors: readonly FieldError[], pointer: string): string | undefined =>
  errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.message;
