import { create } from 'zustand';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'signed_out' | 'token_refused';

interface Connection {
  state: ConnectionState;
  /** Wall time of the newest word from the control plane; what is on screen is that old. */
  heardAt: number | null;
  /** Since when the state is what it is. */
  since: number;
  heard: (at: number) => void;
  become: (state: ConnectionState, at: number) => void;
  /** Another workspace comes on screen: nothing is known of its control plane yet. */
  restart: (at: number) => void;
}

/** Whether the control plane answers, for the status bar and the banner. */
export const useConnection = create<Connection>((set, get) => ({
  state: 'connecting',
  heardAt: null,
  since: 0,
  heard: (at) => {
    // Whole seconds are enough for the screen and keep a storm of events from re-rendering it.
    const second = Math.floor(at / 1_000) * 1_000;
    if (get().heardAt !== second) set({ heardAt: second });
  },
  become: (state, at) => {
    const before = get();
    if (before.state === state) return;
    // Only a new sign-in leaves the signed-out state; a stream that ends must not hide it. So with a refused token.
    if ((before.state === 'signed_out' || before.state === 'token_refused') && state === 'reconnecting') return;
    set({ state, since: at });
  },
  restart: (at) => set({ state: 'connecting', since: at, heardAt: null }),
}));
