import { jobId as jobIdSchema } from '../../../src-server/contract/ids.ts';
import { CAPACITY_MAX } from '../../../src-server/contract/limits.ts';
import { COMPUTE_CLASSES, type ComputeClass } from '../../../src-server/contract/terms.ts';
import { parseLabel } from '../../ui/parse-labels.ts';
import { newDraft, type WizardDraft } from './wizard-draft.ts';

/** What a job needs of a runner that is not there yet. */
export interface WantedRunner {
  jobId: string;
  computeClass: ComputeClass;
  labels: Readonly<Record<string, string>>;
  slots: number;
  /** `container`, `kubernetes`, `mcp` or `confined`; null where a shell is enough. */
  needs: Need | null;
}
const NEEDS = ['container', 'kubernetes', 'mcp', 'confined'] as const;
type Need = (typeof NEEDS)[number];

/** What the runner must have besides, as a sentence. */
export const NEED_WORDS: Readonly<Record<Need, string>> = {
  container: 'The job runs in an image: choose a Docker host, or one with podman.',
  kubernetes: 'The job runs as a Kubernetes Job: choose a runner that reaches a cluster.',
  mcp: 'The job calls tools: choose a host where the doctor finds confinement enforced.',
  confined: 'The job must be confined: choose a host where the doctor finds confinement enforced.',
};
const PLACE_OF_NEED = {
  container: 'docker_host',
  kubernetes: 'kubernetes_worker',
  mcp: 'this',
  confined: 'this',
} as const;

/** As the advisor names it: executors like `container` or `container:podman`, and whether it must confine. */
export const needOf = (executors: readonly string[], isConfined: boolean): Need | null =>
  NEEDS.find((need) => executors.some((name) => name.split(':')[0] === need)) ?? (isConfined ? 'confined' : null);

/** As it travels in the address of the wizard. */
export const wantedQuery = ({ jobId, computeClass, labels, slots, needs }: WantedRunner): Record<string, string> => ({
  for: jobId,
  class: computeClass,
  ...(needs === null ? {} : { needs }),
  ...(Object.keys(labels).length === 0
    ? {}
    : {
        labels: Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
      }),
  ...(slots > 1 ? { slots: String(slots) } : {}),
});

/** Reads it back; what is not as it was written is left out, null where no job asks. */
export const readWanted = (search: URLSearchParams): WantedRunner | null => {
  const jobId = jobIdSchema.safeParse(search.get('for')).data;
  const computeClass = COMPUTE_CLASSES.find((name) => name === search.get('class'));
  if (jobId === undefined || computeClass === undefined) return null;
  const labels = (search.get('labels') ?? '')
    .split(',')
    .map(parseLabel)
    .flatMap((label) => ('problem' in label ? [] : [[label.key, label.value] as const]));
  const slots = Number(search.get('slots') ?? 1);
  return {
    jobId,
    computeClass,
    labels: Object.fromEntries(labels),
    slots: Number.isInteger(slots) && slots >= 1 && slots <= CAPACITY_MAX ? slots : 1,
    needs: NEEDS.find((need) => need === search.get('needs')) ?? null,
  };
};

/** The form, filled in with what the job needs. */
export const draftFor = (wanted: WantedRunner | null): WizardDraft => {
  if (wanted === null) return newDraft('this');
  const { computeClass, labels, slots, needs } = wanted;
  return {
    ...newDraft(needs === null ? 'this' : PLACE_OF_NEED[needs]),
    computeClass,
    labels: { ...labels },
    slots: slots > 1 ? String(slots) : null,
  };
};
