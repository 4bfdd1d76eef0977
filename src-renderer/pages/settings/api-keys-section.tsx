import { useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { type ApiKeyItem, useApiKeys } from '../../api/settings.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel, problemText } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NewSecret } from './new-secret.tsx';
import { SettingRow, SettingsSection } from './setting-row.tsx';

const KeyRow = ({ item, lack }: { item: ApiKeyItem; lack: string | undefined }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const clock = useNow();
  const [isAsking, setAsking] = useState(false);
  const revoke = useAction('apiKeyRevoke');
  return (
    <li className="settings-item">
      <KeyRound size={16} aria-hidden="true" />
      <div className="grow two-lines">
        <code>{item.prefix}…</code>
        <span>
          {item.revoked_at === null
            ? `Made by ${item.created_by}, ${formatWhen(item.created_at, clock)}`
            : `Revoked ${formatWhen(item.revoked_at, clock)}`}
        </span>
      </div>
      {item.revoked_at !== null ? null : (
        <Button
          size="small"
          look="danger"
          label={`Revoke ${item.prefix}`}
          disabledReason={lack}
          onClick={() => setAsking(true)}
        >
          Revoke
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={`Revoke ${item.prefix}…?`}
        confirmLabel="Revoke key"
        keepLabel="Keep key"
        busyLabel="Revoking"
        isBusy={revoke.isPending}
        problem={revoke.error === null ? undefined : problemText(revoke.error)}
        onConfirm={() =>
          revoke.mutate(
            { params: { prefix: item.prefix }, body: {} },
            {
              onSuccess: () => {
                toast(`${item.prefix}… is revoked.`);
                void client.invalidateQueries({ queryKey: keys.apiKeys(ws) });
                setAsking(false);
              },
            },
          )
        }
        onClose={() => {
          revoke.reset();
          setAsking(false);
        }}
      >
        <p>Clients that use it are refused at their next call.</p>
      </ConfirmDialog>
    </li>
  );
};

/** Keys of SDK clients of this workspace. */
export const ApiKeysSection = () => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const lack = useLackOf('admin');
  const { data, error, refetch } = useApiKeys();
  const create = useAction('apiKeyCreate');
  const [made, setMade] = useState<string>();
  const shown = [...(data ?? [])].sort((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null));
  return (
    <SettingsSection
      id="api-keys"
      title="API keys"
      about="For clients that speak the control-plane SDK. They report sessions and ask for approvals; they get no leases."
    >
      <div className="panel">
        {error !== null ? <ProblemPanel error={error} onRetry={() => void refetch()} /> : null}
        {data === undefined && error === null ? <Skeleton rows={2} /> : null}
        <ul>
          {shown.map((item) => (
            <KeyRow key={item.prefix} item={item} lack={lack} />
          ))}
        </ul>
        {made !== undefined ? (
          <NewSecret label="New API key" value={made} onDone={() => setMade(undefined)} />
        ) : (
          <SettingRow
            title="New API key"
            note={
              create.error === null
                ? 'Shown once. The console keeps its prefix, never the value.'
                : problemText(create.error)
            }
          >
            <Button
              icon={<Plus />}
              isBusy={create.isPending}
              busyLabel="Making"
              disabledReason={lack}
              onClick={() =>
                create.mutate(
                  { body: {} },
                  {
                    onSuccess: (answer) => {
                      setMade(answer.api_key);
                      void client.invalidateQueries({ queryKey: keys.apiKeys(ws) });
                    },
                  },
                )
              }
            >
              New key
            </Button>
          </SettingRow>
        )}
      </div>
    </SettingsSection>
  );
};
