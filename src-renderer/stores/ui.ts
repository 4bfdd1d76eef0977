import { create } from 'zustand';

interface UiState {
  isPaletteOpen: boolean;
  isShortcutsOpen: boolean;
  /** The assignment stream stands still while this is true. */
  isStreamPaused: boolean;
  setPaletteOpen: (open: boolean) => void;
  setShortcutsOpen: (open: boolean) => void;
  setStreamPaused: (paused: boolean) => void;
}

/** What the screen shows that neither the URL nor the control plane knows. */
export const useUi = create<UiState>((set) => ({
  isPaletteOpen: false,
  isShortcutsOpen: false,
  isStreamPaused: false,
  setPaletteOpen: (isPaletteOpen) => set({ isPaletteOpen }),
  setShortcutsOpen: (isShortcutsOpen) => set({ isShortcutsOpen }),
  setStreamPaused: (isStreamPaused) => set({ isStreamPaused }),
}));
