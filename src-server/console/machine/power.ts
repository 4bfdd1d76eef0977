import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the host can tell and do about power. */
export interface Power {
  /** Null where it cannot be told. */
  onBattery(): boolean | null;
  /** Calls back when the answer may have changed, and before a sleep; the returned function ends that. */
  watch(changed: (event: 'power' | 'suspend' | 'resume') => void): () => void;
  /** Null where the system cannot be kept awake from here. */
  keepAwake: ((isOn: boolean) => void) | null;
}

const SUPPLIES = '/sys/class/power_supply';
const LOOK_EVERY_MS = 15_000;

/** On Linux: a battery that is there and no mains that is online; null where the kernel tells of neither. */
export function linuxOnBattery(dir = SUPPLIES): boolean | null {
  const read = (supply: string, name: string): string | null => {
    try {
      return readFileSync(join(dir, supply, name), 'utf8').trim();
    } catch {
      return null;
    }
  };
  let supplies: string[];
  try {
    supplies = readdirSync(dir);
  } catch {
    return null;
  }
  const mains = supplies.filter((each) => read(each, 'type') === 'Mains' || read(each, 'type') === 'USB');
  if (mains.some((each) => read(each, 'online') === '1')) return false;
  const isBattery = supplies.some((each) => read(each, 'type') === 'Battery' && read(each, 'scope') !== 'Device');
  return isBattery ? true : null;
}

/** Power as plain Node sees it: read from the kernel on Linux, unknown elsewhere. */
export const nodePower = (after: (ms: number, run: () => void) => () => void): Power => ({
  onBattery: () => (process.platform === 'linux' ? linuxOnBattery() : null),
  watch: (changed) => {
    if (process.platform !== 'linux') return () => undefined;
    let stop = (): void => undefined;
    const look = (): void => {
      changed('power');
      stop = after(LOOK_EVERY_MS, look);
    };
    stop = after(LOOK_EVERY_MS, look);
    return () => stop();
  },
  keepAwake: null,
});
