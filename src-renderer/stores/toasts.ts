import { create } from 'zustand';
import { after } from './clock.ts';

const TOAST_MS = 5_000;
let lastId = 0;

export interface ToastItem {
  id: number;
  text: string;
}
interface ToastState {
  items: ToastItem[];
  dismiss: (id: number) => void;
}

/** Short notes that something was done. Never for errors: those stay where they arose. */
export const useToasts = create<ToastState>((set) => ({
  items: [],
  dismiss: (id) => set((state) => ({ items: state.items.filter((item) => item.id !== id) })),
}));

/** Shows a note for 5 s. */
export const toast = (text: string): void => {
  lastId += 1;
  const id = lastId;
  useToasts.setState((state) => ({ items: [...state.items.slice(-2), { id, text }] }));
  after(TOAST_MS, () => useToasts.getState().dismiss(id));
};
