import type { AdviceChange } from '../../contract/decision.ts';
import type { BudgetWindow, ComputeClass, PolicyMode, Side } from '../../contract/terms.ts';
import type { WorkspacePolicy } from '../routing/policy.ts';

/** One change of the world that an operator can make with one command; `kind` and `target` name it. */
export type Change =
  | { kind: 'approval.approve'; target: string; question: 'fallback' | 'before_start' }
  | { kind: 'workspace.resume'; target: 'workspace' }
  | { kind: 'source.resume'; target: string }
  | { kind: 'source.start'; target: string }
  | { kind: 'label.add'; target: string; labels: Record<string, string>; replaced: readonly string[] }
  | { kind: 'network.admit'; target: string; network: string; hosts: readonly { host: string; port: number }[] }
  | { kind: 'capacity.raise'; target: string; capacity: number }
  | { kind: 'budget.raise'; target: string; window: BudgetWindow; limitMcu: number; byMcu: number }
  | { kind: 'policy.publish'; target: string; policy: WorkspacePolicy; mode: PolicyMode; isFallbackChanged: boolean }
  | { kind: 'job.retry'; target: string }
  | {
      kind: 'source.enroll';
      target: ComputeClass;
      side: Side;
      labels: Record<string, string>;
      isConfined: boolean;
      /** What else than commands it has to execute, as profiles name it. */
      executors: readonly string[];
      capacity: number;
    };

/** Smallest first, among changes with equally many side effects. */
export const KINDS_BY_SIZE: readonly AdviceChange[] = [
  'approval.approve',
  'job.retry',
  'workspace.resume',
  'source.resume',
  'source.start',
  'label.add',
  'network.admit',
  'capacity.raise',
  'budget.raise',
  'policy.publish',
  'source.enroll',
];
