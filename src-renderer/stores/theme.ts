import { create } from 'zustand';

export type Theme = 'system' | 'dark' | 'light';
const STORAGE_KEY = 'cc_theme';

const read = (): Theme => {
  const stored = globalThis.localStorage?.getItem(STORAGE_KEY);
  return stored === 'dark' || stored === 'light' ? stored : 'system';
};

const apply = (theme: Theme) => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // The window's own controls follow.
  globalThis.window?.desktop?.call('window.scheme', { scheme: theme }).catch(() => undefined);
};

interface ThemeState {
  theme: Theme;
  /** Keeps the choice for the next visit; `system` follows the operating system. */
  setTheme: (theme: Theme) => void;
}

export const useTheme = create<ThemeState>((set) => ({
  theme: read(),
  setTheme: (theme) => {
    if (theme === 'system') localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
    apply(theme);
    set({ theme });
  },
}));

/** Puts the stored theme on the page before the first paint. */
export const applyStoredTheme = (): void => apply(read());

/** What is on screen now, with `system` resolved. */
export const shownTheme = (theme: Theme): 'dark' | 'light' => {
  if (theme !== 'system') return theme;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
};

/** The other one of dark and light. */
export const toggleTheme = (): void => {
  const { theme, setTheme } = useTheme.getState();
  setTheme(shownTheme(theme) === 'dark' ? 'light' : 'dark');
};
