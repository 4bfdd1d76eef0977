import { groupDigits } from '../../src-server/contract/number-words.ts';

const MILLI = 1_000;
const group = (n: number) => groupDigits(Math.round(n));

/** `18,186`. */
export const formatCount = (n: number): string => group(n);

/** An entry of the log: `#18,186`. */
export const formatSeq = (seq: number): string => `#${group(seq)}`;

/** Compute units from milli-CU: `228 CU`, `0.4 CU`; at most one digit behind the point, never rounded to nothing. */
export const formatCu = (mcu: number): string => `${formatCuNumber(mcu)} CU`;

/** The figure of `formatCu` without its unit. */
export const formatCuNumber = (mcu: number): string => {
  const units = mcu / MILLI;
  if (mcu === 0 || Number.isInteger(units)) return group(units);
  if (units < 0.1) return '<0.1';
  const tenths = Math.round(units * 10) / 10;
  return Number.isInteger(tenths) ? group(tenths) : `${group(Math.floor(tenths))}.${Math.round(tenths * 10) % 10}`;
};

/** `9f3c71…a1`; shorter texts stay whole. */
export const formatHash = (hash: string): string => (hash.length <= 9 ? hash : `${hash.slice(0, 6)}…${hash.slice(-2)}`);

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
/** `512 B`, `1.5 MiB`, `16 GiB`. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const text = unit === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
  return `${text} ${UNITS[unit]}`;
};

/** `1 lease`, `18 leases`. */
export const formatPlural = (n: number, one: string, many = `${one}s`): string => `${group(n)} ${n === 1 ? one : many}`;
