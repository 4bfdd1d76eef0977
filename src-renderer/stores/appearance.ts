import { create } from 'zustand';

export type Density = 'default' | 'compact';
const DENSITY_KEY = 'cc_density';
const MOTION_KEY = 'cc_motion';
const stored = (key: string) => globalThis.localStorage?.getItem(key) ?? null;
const keep = (key: string, value: string | null) => {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
};

interface AppearanceState {
  density: Density;
  /** True switches motion off; the system's own wish holds besides. */
  isMotionReduced: boolean;
  setDensity: (density: Density) => void;
  setMotionReduced: (isReduced: boolean) => void;
}

/** Row height and motion on this machine, kept for the next visit. */
export const useAppearance = create<AppearanceState>((set) => ({
  density: stored(DENSITY_KEY) === 'compact' ? 'compact' : 'default',
  isMotionReduced: stored(MOTION_KEY) === 'off',
  setDensity: (density) => {
    keep(DENSITY_KEY, density === 'compact' ? density : null);
    set({ density });
  },
  setMotionReduced: (isMotionReduced) => {
    keep(MOTION_KEY, isMotionReduced ? 'off' : null);
    applyMotion(isMotionReduced);
    set({ isMotionReduced });
  },
}));

const applyMotion = (isReduced: boolean) => {
  if (isReduced) document.documentElement.dataset.motion = 'off';
  else delete document.documentElement.dataset.motion;
};

/** Puts the stored choice on the page before the first paint. */
export const applyStoredMotion = (): void => applyMotion(stored(MOTION_KEY) === 'off');

/** The height of a row as chosen: compact takes 8 px off each, down to 28. */
export const rowHeightFor = (heightPx: number, density: Density): number =>
  density === 'compact' ? Math.max(28, heightPx - 8) : heightPx;
