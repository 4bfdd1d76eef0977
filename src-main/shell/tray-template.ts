import type { MenuItemConstructorOptions } from 'electron';
import type { Machine } from '../../src-server/contract/console.ts';
import type { PlaneStatus } from '../../src-server/contract/ipc.ts';

const PLANE_WORDS: Readonly<Record<PlaneStatus['state'], string>> = {
  starting: 'starting',
  ready: 'running',
  restarting: 'starting again',
  failed: 'cannot run',
  stopping: 'stopping',
  stopped: 'stopped',
};
const MACHINE_WORDS: Readonly<Record<Machine['state'], string>> = {
  unused: 'not in use',
  starting: 'starting',
  running: 'takes jobs',
  paused: 'paused',
  finishing: 'finishing',
  stopped: 'off',
  restarting: 'starting again',
  failed: 'cannot run',
};

/** Sources online of all, and leases that live; null while it is not known. */
export type FleetCounts = { online: number; sources: number; leases: number } | null;

export interface TrayActions {
  open: (screen: string) => void;
  machine: (wish: Machine['wish']) => void;
  quit: () => void;
}

/** The tray's menu: the fleet in two lines, this machine's switch, and the ways into the window. */
export const trayTemplate = (
  plane: PlaneStatus['state'],
  fleet: FleetCounts,
  machine: Machine,
  actions: TrayActions,
): MenuItemConstructorOptions[] => {
  const isUsed = machine.enrollment !== null;
  const wish = (label: string, value: Machine['wish']): MenuItemConstructorOptions => ({
    label,
    type: 'radio',
    checked: machine.wish === value,
    enabled: isUsed,
    click: () => actions.machine(value),
  });
  return [
    { label: `Control plane: ${PLANE_WORDS[plane]}`, enabled: false },
    {
      label:
        fleet === null
          ? 'Fleet: not known yet'
          : `Fleet: ${fleet.online} of ${fleet.sources} sources online, ${fleet.leases} leases`,
      enabled: false,
    },
    { type: 'separator' },
    { label: `This machine: ${MACHINE_WORDS[machine.state]}`, enabled: false },
    ...(isUsed
      ? [wish('On', 'on'), wish('Pause', 'paused'), wish('Quit after current', 'off')]
      : [{ label: 'Use this machine…', click: () => actions.open('settings') }]),
    { type: 'separator' },
    { label: 'Open console', click: () => actions.open('compute') },
    { label: 'Approvals', click: () => actions.open('approvals') },
    { type: 'separator' },
    { label: 'Quit Connected Compute', click: actions.quit },
  ];
};
