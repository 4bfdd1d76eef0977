import { z } from 'zod';

const bounds = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
/** Place and size on the desktop, in device-independent pixels. */
export type WindowBounds = z.infer<typeof bounds>;

const windowState = z.object({ bounds: bounds.nullable(), is_maximized: z.boolean() });
export type WindowState = z.infer<typeof windowState>;

const FRESH: WindowState = { bounds: null, is_maximized: false };
/** So much of the title bar must be on a screen for the window to be moved by it. */
const GRIP = { width: 200, height: 40 };

/** Reads what was kept; a file that is absent, torn or of another version is as good as none. */
export const parseWindowState = (text: string | null): WindowState => {
  if (text === null) return FRESH;
  try {
    const parsed = windowState.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : FRESH;
  } catch {
    return FRESH;
  }
};

export const formatWindowState = (state: WindowState): string => `${JSON.stringify(state)}\n`;

/**
 * The kept place if the window can still be reached there, else null: a screen may have been unplugged since.
 * @param workAreas the free areas of all screens present
 */
export const reachableBounds = (kept: WindowBounds | null, workAreas: readonly WindowBounds[]): WindowBounds | null => {
  if (kept === null) return null;
  const isReachable = workAreas.some((area) => {
    const shownWidth = Math.min(kept.x + kept.width, area.x + area.width) - Math.max(kept.x, area.x);
    const isTopInside = kept.y >= area.y && kept.y + GRIP.height <= area.y + area.height;
    return shownWidth >= GRIP.width && isTopInside;
  });
  return isReachable ? kept : null;
};
