import type { ComputeClass, Side } from '../../contract/terms.ts';

/** Milli-CU per minute of runtime, per side and class. */
export type Rates = Readonly<Record<Side, Readonly<Record<ComputeClass, number>>>>;

/**
 * Rates of a fresh workspace: own compute is free, managed `cpu-small` is 1 CU a minute and the others scale with
 * what they are made of (4 and 16 times the cores; accelerators at 10 and 40 times).
 */
export const DEFAULT_RATES: Rates = {
  byoc: { 'cpu-small': 0, 'cpu-medium': 0, 'cpu-large': 0, 'gpu-small': 0, 'gpu-large': 0 },
  managed: { 'cpu-small': 1_000, 'cpu-medium': 2_000, 'cpu-large': 4_000, 'gpu-small': 10_000, 'gpu-large': 40_000 },
};
const MS_PER_MINUTE = 60_000;

/** Cost of a runtime in milli-CU: ceil(rate · runtime / 60,000), rounded once. */
export const runtimeCostMcu = (rateMcuPerMinute: number, runtimeMs: number): number =>
  Math.ceil((rateMcuPerMinute * runtimeMs) / MS_PER_MINUTE);

/** The worst case that a grant holds: the whole runtime and every declared extra. */
export const holdMcu = (rateMcuPerMinute: number, maxRuntimeMs: number, extrasMcu: number): number =>
  runtimeCostMcu(rateMcuPerMinute, maxRuntimeMs) + extrasMcu;

export interface Settlement {
  debitedMcu: number;
  releasedMcu: number;
  /** Cost past the hold: shown, never debited. */
  overrunMcu: number;
}

/** A debit never exceeds its hold; a hold ends exactly here. */
export function settle(heldMcu: number, costMcu: number): Settlement {
  const debitedMcu = Math.min(heldMcu, costMcu);
  return { debitedMcu, releasedMcu: heldMcu - debitedMcu, overrunMcu: costMcu - debitedMcu };
}

/** Every scope that a grant touches. */
export const scopesOf = (wuId: string, side: Side, computeClass: ComputeClass): string[] => [
  `wu:${wuId}`,
  `tier:${side}`,
  `tier:${side}/${computeClass}`,
  'workspace',
];
