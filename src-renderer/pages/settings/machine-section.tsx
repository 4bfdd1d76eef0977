import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Machine } from '../../../src-server/contract/console.ts';
import { keys } from '../../api/keys.ts';
import { changeMachine, type MachineChange, useMachine } from '../../api/machine.ts';
import { usePlaceId } from '../../api/place-context.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel, problemText } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { MachineLogPanel } from './machine-log-panel.tsx';
import { MachineSettingsForm } from './machine-settings-form.tsx';
import { MACHINE_LOOKS } from './machine-words.ts';
import { SettingRow, SettingsSection } from './setting-row.tsx';

const useChange = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: MachineChange) => changeMachine(change),
    onSuccess: (machine) => client.setQueryData(keys.machine, machine),
  });
};

const Use = ({ machine }: { machine: Machine }) => {
  const workspaceId = useWorkspaceId();
  const placeId = usePlaceId();
  const change = useChange();
  return (
    <SettingRow
      title="Use this machine"
      note={
        change.error === null
          ? (machine.sentence ?? 'Enrolls it as a laptop source, the same credential path underneath')
          : problemText(change.error)
      }
    >
      <Button
        look="primary"
        isBusy={change.isPending}
        busyLabel="Enrolling"
        disabledReason={machine.lack ?? undefined}
        onClick={() =>
          change.mutate(
            { use: { workspace_id: workspaceId, remote_id: placeId } },
            { onSuccess: () => toast('This machine is enrolled and takes jobs.') },
          )
        }
      >
        Use this machine
      </Button>
    </SettingRow>
  );
};

const GiveUp = ({ lack }: { lack: string | undefined }) => {
  const change = useChange();
  const [isAsking, setAsking] = useState(false);
  return (
    <SettingRow
      title="Give up this machine"
      note="Ends its runner, revokes its source, removes its key and every file of it"
    >
      <Button look="danger" disabledReason={lack} onClick={() => setAsking(true)}>
        Give up
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title="Give up this machine?"
        confirmLabel="Give up this machine"
        keepLabel="Keep this machine"
        busyLabel="Ending"
        isBusy={change.isPending}
        problem={change.error === null ? undefined : problemText(change.error)}
        onConfirm={() =>
          change.mutate('give-up', {
            onSuccess: ({ sentence }) => {
              setAsking(false);
              toast(sentence ?? 'Nothing of its runner is left here.');
            },
          })
        }
        onClose={() => {
          change.reset();
          setAsking(false);
        }}
      >
        <p>What it runs now is given back and runs elsewhere or again later.</p>
      </ConfirmDialog>
    </SettingRow>
  );
};

const InUse = ({ machine }: { machine: Machine }) => {
  const change = useChange();
  const lack = machine.lack ?? undefined;
  const { enrollment } = machine;
  if (enrollment === null) return null;
  return (
    <>
      <SettingRow
        title={
          <>
            <Link to={routes.sources(enrollment.workspace_id, { source: enrollment.source_id })}>
              {enrollment.name}
            </Link>
            {` in ${enrollment.workspace_name}`}
          </>
        }
        note={
          change.error === null
            ? (machine.sentence ?? 'Dials out only, and nothing listens')
            : problemText(change.error)
        }
      >
        <StateBadge look={MACHINE_LOOKS[machine.state]} />
        <Segmented
          label="This machine"
          value={machine.wish}
          choices={[
            { value: 'on', label: 'On' },
            { value: 'paused', label: 'Pause' },
            { value: 'off', label: 'Quit after current' },
          ]}
          onChange={(wish) => change.mutate({ wish })}
        />
      </SettingRow>
      <MachineSettingsForm
        key={JSON.stringify(machine.settings)}
        machine={machine}
        change={change.mutate}
        lack={lack}
      />
      <MachineLogPanel />
      <GiveUp lack={lack} />
    </>
  );
};

/** Lets this machine run jobs of a workspace, as its owner wishes. */
export const MachineSection = () => {
  const { data, error, refetch } = useMachine();
  // The console of a control plane elsewhere has no machine of its own to offer.
  if (error instanceof ApiProblem && error.status === 404) return null;
  return (
    <SettingsSection
      id="this-machine"
      title="This machine"
      about="Let this machine, where the console runs, take jobs. It dials out only, and nothing listens."
    >
      <div className="panel">
        {error !== null && data === undefined ? <ProblemPanel error={error} onRetry={() => void refetch()} /> : null}
        {data === undefined && error === null ? <Skeleton rows={2} /> : null}
        {data === undefined ? null : data.enrollment === null ? <Use machine={data} /> : <InUse machine={data} />}
      </div>
    </SettingsSection>
  );
};
