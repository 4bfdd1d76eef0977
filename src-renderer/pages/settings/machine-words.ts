import type { Machine } from '../../../src-server/contract/console.ts';
import { SOURCE_LOOKS, type StateLook, SWITCH_LOOKS } from '../../ui/state-vocabulary.ts';

/** What the screen says for the state of this machine's runner. */
export const MACHINE_LOOKS: Readonly<Record<Machine['state'], StateLook>> = {
  unused: { ...SOURCE_LOOKS.pending, label: 'Not in use' },
  starting: { ...SOURCE_LOOKS.pending, label: 'Starting' },
  running: { ...SOURCE_LOOKS.online, label: 'Takes jobs' },
  paused: { ...SWITCH_LOOKS.cordoned, label: 'Paused' },
  finishing: { ...SWITCH_LOOKS.draining, label: 'Finishing' },
  stopped: { ...SOURCE_LOOKS.offline, label: 'Off' },
  restarting: { ...SOURCE_LOOKS.late, label: 'Starting again' },
  failed: { ...SOURCE_LOOKS.quarantined, label: 'Cannot run', tone: 'fail' },
};

/** The kinds of jobs that a machine may be set to take, in words. */
export const KIND_WORDS = {
  command: 'command',
  container: 'container',
  kubernetes: 'Kubernetes',
} as const;
