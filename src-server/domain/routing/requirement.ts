import type { ComputeClass, Confinement, JobKind } from '../../contract/terms.ts';

/** What a job demands of a source, whatever the moment. Jobs that are alike in it share a bucket. */
export interface Requirement {
  kind: JobKind;
  computeClass: ComputeClass;
  /** Sorted by key. */
  labels: readonly (readonly [string, string])[];
  network: string;
  confinement: Confinement;
}

export function requirementOf(spec: {
  kind: JobKind;
  compute_class: ComputeClass;
  labels: Record<string, string>;
  network: string;
  confinement: Confinement;
}): Requirement {
  return {
    kind: spec.kind,
    computeClass: spec.compute_class,
    labels: Object.entries(spec.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    network: spec.network,
    confinement: spec.confinement,
  };
}

/** The text under which a requirement is interned; equal signatures mean equal requirements. A command's names no kind. */
export const signatureOf = (r: Requirement): string =>
  JSON.stringify([r.computeClass, r.labels, r.network, r.confinement, ...(r.kind === 'command' ? [] : [r.kind])]);

/** Back from the stored signature. */
export function parseSignature(signature: string): Requirement {
  const [computeClass, labels, network, confinement, kind = 'command'] = JSON.parse(signature) as [
    ComputeClass,
    [string, string][],
    string,
    Confinement,
    JobKind?,
  ];
  return { kind, computeClass, labels, network, confinement };
}

/** The executor that a job of this kind and network needs, as a profile names it; null for a command, which runs anywhere. */
export const executorOf = ({ kind, network }: Pick<Requirement, 'kind' | 'network'>): string | null =>
  kind === 'command' ? null : `${kind}:${network === 'none' ? 'none' : 'allow_list'}`;

/** "cpu-medium, os=linux and region=eu", as sentences name a requirement. */
export function requirementWords(r: Requirement): string {
  if (r.labels.length === 0) return r.computeClass;
  const words = [r.computeClass as string, ...r.labels.map(([k, v]) => `${k}=${v}`)];
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
