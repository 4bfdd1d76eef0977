import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Settings } from '../../../src-server/contract/workspace.ts';
import { keys } from '../../api/keys.ts';
import { fieldMessage } from '../../api/problem.ts';
import { useLackOf } from '../../api/session.ts';
import { useSettings } from '../../api/settings.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel, problemText } from '../../components/problem-panel.tsx';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { SettingsSection } from './setting-row.tsx';
import { leaseTimeWords, readLeaseTime } from './settings-words.ts';

const WorkspaceForm = ({ settings }: { settings: Settings }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const lack = useLackOf('admin');
  const save = useAction('settingsPatch');
  const [name, setName] = useState(settings.name);
  const [lease, setLease] = useState(String(settings.lease_ttl_ms / 1_000));
  const [zone, setZone] = useState(settings.time_zone);
  const read = readLeaseTime(lease);
  const problem = 'problem' in read ? read.problem : undefined;
  const body = {
    ...(name.trim() === settings.name ? {} : { name: name.trim() }),
    ...('problem' in read || read.ttlMs === settings.lease_ttl_ms ? {} : { lease_ttl_ms: read.ttlMs }),
    ...(zone.trim() === settings.time_zone ? {} : { time_zone: zone.trim() }),
  };
  const isSame = Object.keys(body).length === 0;
  const run = () =>
    save.mutate(
      { body },
      {
        onSuccess: (answer) => {
          client.setQueryData(keys.settings(ws), answer);
          void client.invalidateQueries({ queryKey: keys.session });
          toast('Settings saved.');
        },
      },
    );
  return (
    <form
      className="panel settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (lack === undefined && problem === undefined && !isSame) run();
      }}
    >
      <TextField
        label="Name"
        value={name}
        disabled={lack !== undefined}
        error={fieldMessage(save.error, '/name')}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Lease time"
        unit="s"
        inputMode="numeric"
        value={lease}
        disabled={lack !== undefined}
        error={problem ?? fieldMessage(save.error, '/lease_ttl_ms')}
        hint={'ttlMs' in read ? leaseTimeWords(read.ttlMs) : undefined}
        onChange={(event) => setLease(event.target.value)}
      />
      <TextField
        label="Time zone"
        list="time-zones"
        value={zone}
        disabled={lack !== undefined}
        error={fieldMessage(save.error, '/time_zone')}
        hint="Budget windows begin by its calendar."
        onChange={(event) => setZone(event.target.value)}
      />
      <datalist id="time-zones">
        {Intl.supportedValuesOf('timeZone').map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <div className="row">
        <Button
          type="submit"
          look="primary"
          isBusy={save.isPending}
          busyLabel="Saving"
          disabledReason={lack ?? problem ?? (isSame ? 'Nothing is changed.' : undefined)}
        >
          Save
        </Button>
        {save.error === null ? null : (
          <span className="field-error" role="alert">
            {problemText(save.error)}
          </span>
        )}
      </div>
    </form>
  );
};

/** Name, lease time and time zone of the workspace. */
export const WorkspaceSection = () => {
  const { data, error, refetch } = useSettings();
  return (
    <SettingsSection
      id="workspace"
      title="This workspace"
      about="For everyone in it. The other times of a lease follow from the lease time; leases that run keep theirs."
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={4} />
        ) : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <WorkspaceForm key={JSON.stringify(data)} settings={data} />
      )}
    </SettingsSection>
  );
};
