import { useQueryClient } from '@tanstack/react-query';
import { User, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { ROLES, type Role } from '../../../src-server/contract/terms.ts';
import { keys } from '../../api/keys.ts';
import { usePlaceId } from '../../api/place-context.ts';
import { fieldMessage } from '../../api/problem.ts';
import { useLackOf, useSession } from '../../api/session.ts';
import { type OperatorItem, useOperators } from '../../api/settings.ts';
import { useAction } from '../../api/use-action.ts';
import { ProblemPanel, problemText } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NewSecret } from './new-secret.tsx';
import { SettingsSection } from './setting-row.tsx';
import { ROLE_WORDS } from './settings-words.ts';

const AddOperator = ({ lack }: { lack: string | undefined }) => {
  const client = useQueryClient();
  const placeId = usePlaceId();
  const create = useAction('operatorCreate');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [made, setMade] = useState<{ name: string; token: string }>();
  if (made !== undefined)
    return <NewSecret label={`Token of ${made.name}`} value={made.token} onDone={() => setMade(undefined)} />;
  const reason = lack ?? (name.trim() === '' ? 'Give a name first.' : undefined);
  return (
    <form
      className="settings-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== undefined) return;
        create.mutate(
          { body: { name: name.trim(), role } },
          {
            onSuccess: (answer) => {
              setMade({ name: answer.name, token: answer.token });
              setName('');
              void client.invalidateQueries({ queryKey: keys.operators(placeId) });
            },
          },
        );
      }}
    >
      <TextField
        label="Add an operator"
        placeholder="Name"
        value={name}
        error={create.error === null ? undefined : (fieldMessage(create.error, '/name') ?? problemText(create.error))}
        hint={`${ROLE_WORDS[role]} The token is shown once.`}
        onChange={(event) => setName(event.target.value)}
      />
      <Segmented
        label="Role"
        value={role}
        choices={ROLES.map((value) => ({ value, label: value }))}
        onChange={setRole}
      />
      <Button type="submit" icon={<UserPlus />} isBusy={create.isPending} busyLabel="Adding" disabledReason={reason}>
        Add operator
      </Button>
    </form>
  );
};

const OperatorRow = ({ operator, isSelf, lack }: { operator: OperatorItem; isSelf: boolean; lack?: string }) => {
  const client = useQueryClient();
  const placeId = usePlaceId();
  const clock = useNow();
  const [isAsking, setAsking] = useState(false);
  const revoke = useAction('operatorRevoke');
  const isRevoked = operator.revoked_at !== null;
  return (
    <li className="settings-item">
      <User size={16} aria-hidden="true" />
      <div className="grow two-lines">
        <span className="medium">{operator.name}</span>
        <span>
          {operator.revoked_at === null
            ? `Since ${formatWhen(operator.created_at, clock)}`
            : `Revoked ${formatWhen(operator.revoked_at, clock)}`}
        </span>
      </div>
      <span className="text-2">{operator.role}</span>
      {isRevoked ? null : (
        <Button
          size="small"
          look={isSelf ? 'default' : 'danger'}
          label={isSelf ? undefined : `Revoke ${operator.name}`}
          disabledReason={isSelf ? 'You are signed in as this operator.' : lack}
          onClick={() => setAsking(true)}
        >
          {isSelf ? 'You' : 'Revoke'}
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={`Revoke ${operator.name}?`}
        confirmLabel="Revoke operator"
        keepLabel="Keep operator"
        busyLabel="Revoking"
        isBusy={revoke.isPending}
        problem={revoke.error === null ? undefined : problemText(revoke.error)}
        onConfirm={() =>
          revoke.mutate(
            { params: { operator_id: operator.operator_id }, body: {} },
            {
              onSuccess: () => {
                toast(`${operator.name} is revoked.`);
                void client.invalidateQueries({ queryKey: keys.operators(placeId) });
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
        <p>The token stops working at once and sessions signed in with it end. What was done stays in the evidence.</p>
      </ConfirmDialog>
    </li>
  );
};

/** Named people with one role each. */
export const OperatorsSection = () => {
  const { data: session } = useSession();
  const lack = useLackOf('admin');
  const { data, error, refetch } = useOperators(lack === undefined);
  const shown = [...(data ?? [])].sort((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null));
  return (
    <SettingsSection
      id="operators"
      title="Operators"
      about="Named people with one role each. The name is the actor in the evidence and what four-eyes compares."
    >
      <div className="panel">
        {lack !== undefined ? (
          <p className="settings-quiet">
            {session === undefined
              ? lack
              : `You are ${session.operator.name}, ${session.operator.role}. Only an admin sees and changes operators.`}
          </p>
        ) : error !== null ? (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Skeleton rows={3} />
        ) : (
          <>
            <ul>
              {shown.map((operator) => (
                <OperatorRow
                  key={operator.operator_id}
                  operator={operator}
                  isSelf={operator.operator_id === session?.operator.operator_id}
                />
              ))}
            </ul>
            <AddOperator lack={lack} />
          </>
        )}
      </div>
    </SettingsSection>
  );
};
