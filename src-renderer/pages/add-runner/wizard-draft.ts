import { CREDENTIAL_TTL_DEFAULT_MS } from '../../../src-server/contract/limits.ts';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { enrollmentCreate } from '../../../src-server/contract/source.ts';
import { COMPUTE_CLASSES, type ComputeClass, type SourceKind } from '../../../src-server/contract/terms.ts';
import type { BodyOf } from '../../api/calls.ts';

/** Where the runner will live; `this` is a laptop that the plane reaches without leaving it. */
export type Place = 'this' | Exclude<SourceKind, 'managed_pool'>;
export interface PlaceWords {
  title: string;
  detail: string;
  kind: Exclude<SourceKind, 'managed_pool'>;
  /** Proposed name of the source. */
  name: string;
  slots: string;
}
export const PLACES: Readonly<Record<Place, PlaceWords>> = {
  this: {
    title: 'This machine',
    detail: 'A laptop, reached without leaving it',
    kind: 'laptop',
    name: 'this-laptop',
    slots: '1',
  },
  laptop: { title: 'Laptop', detail: 'Runs while it is open and awake', kind: 'laptop', name: 'laptop-1', slots: '1' },
  ci_runner: {
    title: 'CI runner',
    detail: 'One job at a time, then recycled',
    kind: 'ci_runner',
    name: 'ci-1',
    slots: '1',
  },
  docker_host: {
    title: 'Docker host',
    detail: 'A host with containers',
    kind: 'docker_host',
    name: 'dock-1',
    slots: '4',
  },
  kubernetes_worker: {
    title: 'Kubernetes worker',
    detail: 'Inside a cluster',
    kind: 'kubernetes_worker',
    name: 'k8s-1',
    slots: '4',
  },
};
export const CLASS_WORDS: Readonly<Record<ComputeClass | 'detect', string>> = {
  detect: 'The runner classifies itself when it connects',
  'cpu-small': 'Small processor jobs only',
  'cpu-medium': 'Takes cpu-small too',
  'cpu-large': 'Takes every cpu class',
  'gpu-small': 'Jobs that need a GPU',
  'gpu-large': 'Takes gpu-small too',
};
export const CLASS_CHOICES = ['detect', ...COMPUTE_CLASSES] as const;

const MINUTE_MS = 60_000;
export const LIFETIMES = [
  { ttlMs: 5 * MINUTE_MS, title: '5 minutes', detail: 'You connect it right now' },
  { ttlMs: CREDENTIAL_TTL_DEFAULT_MS, title: '15 minutes', detail: 'Works once, then it is used up' },
  { ttlMs: 60 * MINUTE_MS, title: '60 minutes', detail: 'Someone else connects it for you' },
] as const;

export interface WizardDraft {
  place: Place;
  computeClass: ComputeClass | 'detect';
  /** Null until it was typed: then the place proposes one. */
  name: string | null;
  slots: string | null;
  labels: Record<string, string>;
  ttlMs: number;
}
export const newDraft = (place: Place): WizardDraft => ({
  place,
  computeClass: 'detect',
  name: null,
  slots: null,
  labels: {},
  ttlMs: CREDENTIAL_TTL_DEFAULT_MS,
});

export const nameOf = (draft: WizardDraft): string => draft.name ?? PLACES[draft.place].name;
export const slotsOf = (draft: WizardDraft): string => draft.slots ?? PLACES[draft.place].slots;

const WORDS: Readonly<Record<string, string>> = {
  '/name': 'Letters, digits, dots, dashes and underscores, 63 at most.',
  '/capacity': 'From 1 to 1,000.',
};

/** Reads the form as the contract would; errors by JSON pointer. */
export const readWizard = (draft: WizardDraft): { body: BodyOf<'enrollmentCreate'> | null; errors: FieldError[] } => {
  const body = {
    name: nameOf(draft).trim(),
    kind: PLACES[draft.place].kind,
    compute_class: draft.computeClass === 'detect' ? null : draft.computeClass,
    labels: draft.labels,
    capacity: slotsOf(draft).trim() === '' ? Number.NaN : Number(slotsOf(draft)),
    ttl_ms: draft.ttlMs,
  };
  const parsed = enrollmentCreate.safeParse(body);
  if (parsed.success) return { body, errors: [] };
  const errors = parsed.error.issues.map((issue) => {
    const pointer = `/${issue.path.map(String).join('/')}`;
    return { pointer, message: WORDS[pointer] ?? `${issue.message}.` };
  });
  return { body: null, errors };
};
