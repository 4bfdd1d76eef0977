import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { RemoteList } from '../../../src-server/contract/console.ts';
import { fieldMessage } from '../../api/problem.ts';
import { addRemote, testAddress } from '../../api/remotes.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { RemoteChecks } from './remote-checks.tsx';

const KEPT_WORDS: Readonly<Record<RemoteList['tokens_kept_in'], string>> = {
  keychain: 'Starts with cco_. Kept in the system keychain, never in logs or evidence.',
  file: 'Starts with cco_. No keychain here: kept in a file that only the user of this console may read, never in logs or evidence.',
};

/** Connects a remote workspace: address and token, a test that tells what fails, then the workspace itself. */
export const ConnectRemote = ({ keptIn, lack }: { keptIn: RemoteList['tokens_kept_in']; lack: string | undefined }) => {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const test = useMutation({ mutationFn: () => testAddress(url.trim(), token.trim()) });
  const add = useMutation({
    mutationFn: async () => {
      const found = await test.mutateAsync();
      return found.passed ? addRemote(client, url.trim(), token.trim()) : null;
    },
    onSuccess: (remote) => {
      const first = remote?.workspaces[0];
      if (first === undefined) return;
      toast(`Connected to ${first.name}.`);
      void navigate(routes.overview(first.workspace_id));
    },
  });
  const isBusy = test.isPending || add.isPending;
  const missing =
    lack ?? (url.trim() === '' ? 'Give the address first.' : token.trim() === '' ? 'Give the token first.' : undefined);
  const error = add.error ?? test.error;
  const change = (set: (value: string) => void) => (value: string) => {
    set(value);
    test.reset();
    add.reset();
  };
  const known = [fieldMessage(error, '/url'), fieldMessage(error, '/token')];
  return (
    <div className="panel connect-remote">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === undefined && !isBusy) add.mutate();
        }}
      >
        <h3>Connect a remote workspace</h3>
        <TextField
          label="Address"
          placeholder="https://compute.example.com"
          value={url}
          autoComplete="off"
          spellCheck={false}
          error={known[0]}
          onChange={(event) => change(setUrl)(event.target.value)}
        />
        <TextField
          label="Access token"
          type="password"
          value={token}
          autoComplete="off"
          error={known[1]}
          hint={KEPT_WORDS[keptIn]}
          onChange={(event) => change(setToken)(event.target.value)}
        />
        {error === null || known.some((message) => message !== undefined) ? null : (
          <p className="field-error" role="alert">
            {problemText(error)}
          </p>
        )}
        <div className="row">
          <Button type="submit" look="primary" isBusy={add.isPending} busyLabel="Connecting" disabledReason={missing}>
            Connect
          </Button>
          <Button
            icon={<RotateCw />}
            isBusy={test.isPending && !add.isPending}
            busyLabel="Testing"
            disabledReason={missing}
            onClick={() => test.mutate()}
          >
            {test.data === undefined ? 'Test' : 'Test again'}
          </Button>
        </div>
      </form>
      <RemoteChecks test={test.data} />
    </div>
  );
};
