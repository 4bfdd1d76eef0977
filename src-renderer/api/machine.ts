import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import {
  MACHINE_PATH,
  type Machine,
  type MachineLog,
  type MachineSettings,
  machine,
  machineLog,
} from '../../src-server/contract/console.ts';
import { every } from '../stores/clock.ts';
import { consoleCall } from './console-call.ts';
import { keys } from './keys.ts';

/** Its state changes by itself too (battery, a crash, a job that ends), and no stream tells of it. */
const LOOK_EVERY_MS = 2_000;

/** This machine's runner, looked at every 2 s while it is on screen. */
export const useMachine = (): UseQueryResult<Machine> => {
  const client = useQueryClient();
  useEffect(() => every(LOOK_EVERY_MS, () => void client.invalidateQueries({ queryKey: keys.machine })), [client]);
  return useQuery({
    queryKey: keys.machine,
    retry: false,
    queryFn: ({ signal }) => consoleCall('GET', MACHINE_PATH, machine, { signal }),
  });
};

/** What its runner said lately, oldest first. */
export const useMachineLog = (): UseQueryResult<MachineLog> => {
  const client = useQueryClient();
  useEffect(() => every(LOOK_EVERY_MS, () => void client.invalidateQueries({ queryKey: keys.machineLog })), [client]);
  return useQuery({
    queryKey: keys.machineLog,
    queryFn: ({ signal }) => consoleCall('GET', `${MACHINE_PATH}/log`, machineLog, { signal }),
  });
};

export type MachineChange =
  | { use: { workspace_id: string; remote_id: string | null; name?: string } }
  | { wish: Machine['wish'] }
  | { settings: Partial<MachineSettings> }
  | 'give-up';

/** Carries out one change; resolves with the machine as it is then. */
export const changeMachine = (change: MachineChange): Promise<Machine> => {
  if (change === 'give-up') return consoleCall('DELETE', MACHINE_PATH, machine);
  if ('use' in change) return consoleCall('POST', `${MACHINE_PATH}/use`, machine, { body: change.use });
  if ('wish' in change) return consoleCall('POST', `${MACHINE_PATH}/switch`, machine, { body: change });
  return consoleCall('PATCH', MACHINE_PATH, machine, { body: change.settings });
};
