import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { REMOTE_COLOURS, type Remote, type RemoteTest } from '../../../src-server/contract/console.ts';
import { changeRemote, removeRemote, useRemoteTest } from '../../api/remotes.ts';
import { useOwnSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { RemoteMark } from '../../components/remote-mark.tsx';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { SOURCE_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';
import { RemoteChecks } from './remote-checks.tsx';

/** The state of a remote in one badge: what its newest test found, or since when it is silent. */
const stateOf = (remote: Remote, test: RemoteTest | undefined): { look: StateLook; label: string } => {
  const fault = test?.checks.find((check) => check.outcome === 'failed');
  if (fault?.id === 'address' || (test === undefined && remote.failing_since !== null)) {
    const since = remote.failing_since ?? test?.at;
    const at = since == null ? '' : ` since ${formatClock(Date.parse(since))}`;
    return { look: SOURCE_LOOKS.offline, label: `No answer${at}` };
  }
  if (fault !== undefined) return { look: SOURCE_LOOKS.late, label: `Test failed: ${fault.id}` };
  if (test === undefined) return { look: SOURCE_LOOKS.pending, label: 'Testing' };
  return { look: SOURCE_LOOKS.online, label: `Reachable, ${test.checks[0]?.detail}` };
};

const ChangeRemote = ({
  remote,
  test,
  onClose,
}: {
  remote: Remote;
  test: RemoteTest | undefined;
  onClose: () => void;
}) => {
  const client = useQueryClient();
  const navigate = useNavigate();
  const ws = useWorkspaceId();
  const { data: own } = useOwnSession();
  const [token, setToken] = useState('');
  const change = useMutation({
    mutationFn: (wish: Parameters<typeof changeRemote>[2]) => changeRemote(client, remote.remote_id, wish),
  });
  const remove = useMutation({
    mutationFn: async () => {
      // Its own screens would ask for what is no longer there.
      const home = own?.workspaces[0];
      if (home !== undefined && remote.workspaces.some((w) => w.workspace_id === ws))
        await navigate(routes.settings(home.workspace_id));
      await removeRemote(client, remote.remote_id);
    },
    onSuccess: () => toast(`${remote.url} is removed. Its token is forgotten here.`),
  });
  const error = change.error ?? remove.error;
  return (
    <ModalDrawer isOpen title={remote.url} onClose={onClose}>
      <div className="remote-drawer">
        <Segmented
          label="Mark"
          value={remote.colour}
          choices={REMOTE_COLOURS.map((value) => ({ value, label: value }))}
          onChange={(colour) => change.mutate({ colour })}
        />
        <TextField
          label="New access token"
          type="password"
          autoComplete="off"
          value={token}
          hint="Tested first; the old one is kept until the new one is accepted."
          onChange={(event) => setToken(event.target.value)}
        />
        <div className="row">
          <Button
            isBusy={change.isPending}
            busyLabel="Testing"
            disabledReason={token.trim() === '' ? 'Give the token first.' : undefined}
            onClick={() =>
              change.mutate(
                { token: token.trim() },
                {
                  onSuccess: () => {
                    setToken('');
                    toast('The new token is kept.');
                    void client.invalidateQueries();
                  },
                },
              )
            }
          >
            Replace token
          </Button>
          <Button look="danger" isBusy={remove.isPending} busyLabel="Removing" onClick={() => remove.mutate()}>
            Remove from this console
          </Button>
        </div>
        {error === null ? null : (
          <p className="field-error" role="alert">
            {problemText(error)}
          </p>
        )}
        <RemoteChecks test={test} />
      </div>
    </ModalDrawer>
  );
};

/** The workspaces of one remote control plane: whether it answers, the way to each, and what may be changed. */
export const RemoteRow = ({ remote }: { remote: Remote }) => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const { data: test, isFetching, refetch } = useRemoteTest(remote.remote_id);
  const { look, label } = stateOf(remote, test);
  const isSilent = look === SOURCE_LOOKS.offline;
  return remote.workspaces.map(({ workspace_id: id, name }) => (
    <li key={id} className="workspace-row">
      <RemoteMark colour={remote.colour} />
      <div className="two-lines">
        <span className="medium truncate">{name}</span>
        <span className="truncate">{remote.url}</span>
      </div>
      <StateBadge look={look} label={label} />
      <div className="row">
        {isSilent ? (
          <Button size="small" isBusy={isFetching} busyLabel="Trying" onClick={() => void refetch()}>
            Retry
          </Button>
        ) : (
          <Button
            size="small"
            label={id === ws ? undefined : `Switch to ${name}`}
            disabledReason={id === ws ? 'It is on screen.' : undefined}
            onClick={() => navigate(routes.overview(id))}
          >
            {id === ws ? 'Current' : 'Switch'}
          </Button>
        )}
        <Button size="small" look="ghost" label={`Change ${name}`} onClick={() => setOpen(true)}>
          Change
        </Button>
      </div>
      {isOpen ? <ChangeRemote remote={remote} test={test} onClose={() => setOpen(false)} /> : null}
    </li>
  ));
};
