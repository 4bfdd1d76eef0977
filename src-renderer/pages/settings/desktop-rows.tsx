import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { desktopBridge } from '../../components/desktop.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { SettingRow } from './setting-row.tsx';

const COMMAND_LINE_KEY = ['desktop', 'command-line'] as const;
const LOGIN_KEY = ['desktop', 'login-item'] as const;

/** What only the desktop app has: its logs, diagnostics, updates, and its start at sign-in. Nothing in a browser. */
export const DesktopRows = () => {
  const bridge = desktopBridge();
  const client = useQueryClient();
  const { data: login } = useQuery({
    queryKey: LOGIN_KEY,
    enabled: bridge !== null,
    queryFn: async () => (await bridge?.call('login_item.get', null)) ?? { is_on: null },
  });
  const save = useMutation({
    mutationFn: async () => bridge?.call('diagnostics.save', null),
    onSuccess: (answer) => {
      if (answer?.saved === true) toast('Diagnostics saved. They hold no secret.');
    },
  });
  const updates = useMutation({ mutationFn: async () => bridge?.call('updates.check', null) });
  const setLogin = useMutation({
    mutationFn: async (isOn: boolean) => bridge?.call('login_item.set', { is_on: isOn }),
    onSuccess: () => client.invalidateQueries({ queryKey: LOGIN_KEY }),
  });
  const { data: commandLine } = useQuery({
    queryKey: COMMAND_LINE_KEY,
    enabled: bridge !== null,
    queryFn: async () => (await bridge?.call('command_line.get', null)) ?? { is_on: false },
  });
  const setCommandLine = useMutation({
    mutationFn: async (isOn: boolean) => bridge?.call('command_line.set', { is_on: isOn }),
    onSettled: () => client.invalidateQueries({ queryKey: COMMAND_LINE_KEY }),
  });
  if (bridge === null) return null;
  return (
    <>
      <SettingRow
        title="Logs and diagnostics"
        note="Diagnostics are one file with versions, states and logs, without any secret"
      >
        <Button size="small" onClick={() => void bridge.call('logs.open', null)}>
          Show logs
        </Button>
        <Button size="small" isBusy={save.isPending} busyLabel="Saving" onClick={() => save.mutate()}>
          Save diagnostics
        </Button>
      </SettingRow>
      <SettingRow title="Updates" note={updates.data?.sentence ?? 'Looked for on demand, put in place when you quit'}>
        <Button size="small" isBusy={updates.isPending} busyLabel="Looking" onClick={() => updates.mutate()}>
          Look for updates
        </Button>
      </SettingRow>
      <div className="setting-row is-switch">
        <SwitchField
          label="Allow the command line"
          hint={
            setCommandLine.isError
              ? 'The control plane did not do it. The log of the app says why.'
              : 'Until you quit, console.json holds a token of its own that only you can read'
          }
          isOn={commandLine?.is_on ?? false}
          onChange={(isOn) => setCommandLine.mutate(isOn)}
        />
      </div>
      <div className="setting-row is-switch">
        <SwitchField
          label="Start when I sign in"
          hint="Opens the console with the system session"
          isOn={login?.is_on ?? false}
          disabledReason={login?.is_on == null ? 'This system sets it in its own settings.' : undefined}
          onChange={(isOn) => setLogin.mutate(isOn)}
        />
      </div>
    </>
  );
};
