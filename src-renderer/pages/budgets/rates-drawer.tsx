import { useEffect, useState } from 'react';
import type { Budgets } from '../../../src-server/contract/budget.ts';
import { COMPUTE_CLASSES, SIDES } from '../../../src-server/contract/terms.ts';
import { useLackOf } from '../../api/session.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/panel.tsx';
import { SideMark } from '../../ui/side-mark.tsx';
import { ratesDraftOf, readRates } from './limit-draft.ts';
import { SaveNotices } from './save-notices.tsx';
import { useSaveBudgets } from './use-save-budgets.ts';

const SIDE_NAMES = { byoc: 'BYOC', managed: 'Managed' } as const;

interface RatesDrawerProps {
  isOpen: boolean;
  budgets: Budgets;
  onClose: () => void;
}

/** What a minute of each class costs on each side, and the limit of work units that have none of their own. */
export const RatesDrawer = ({ isOpen, budgets, onClose }: RatesDrawerProps) => {
  const lack = useLackOf('admin');
  const saving = useSaveBudgets(budgets, isOpen);
  const [before, setBefore] = useState(() => ratesDraftOf(budgets));
  const [draft, setDraft] = useState(before);
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a form that is open keeps what was typed
  useEffect(() => {
    if (!isOpen) return;
    const fresh = ratesDraftOf(budgets);
    setBefore(fresh);
    setDraft(fresh);
    setWrong([]);
    setReason('');
  }, [isOpen]);
  const read = readRates(draft, before);
  const isSame = 'body' in read && Object.keys(read.body).length === 0;
  const disabledReason =
    lack ?? (saving.isStale ? 'Take the version in force over first.' : isSame ? 'Nothing was changed.' : undefined);
  const send = () => {
    if ('wrong' in read) return setWrong(read.wrong);
    saving.save({ ...read.body, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }, (saved) => {
      toast(`Rates saved as version ${saved.version}.`);
      onClose();
    });
  };
  return (
    <ModalDrawer
      isOpen={isOpen}
      title="Rates and default limit"
      onClose={onClose}
      foot={
        <>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            keys={keysOf('form.submit')}
            disabledReason={disabledReason}
            isBusy={saving.isBusy}
            busyLabel="Saving"
            onClick={send}
          >
            Save
          </Button>
        </>
      }
    >
      <form
        className="stack budget-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          if (disabledReason === undefined && !saving.isBusy) send();
        }}
        onSubmit={(event) => event.preventDefault()}
      >
        <SaveNotices budgets={budgets} saving={saving} />
        <TextField
          label="Limit of a WU without one"
          unit="CU in total"
          inputMode="decimal"
          hint="Empty: it is not limited."
          error={wrong.includes('default') ? 'An amount of CU, like 120.' : undefined}
          value={draft.defaultCu}
          onChange={(event) => setDraft({ ...draft, defaultCu: event.target.value })}
        />
        <Section title="Rates" end="CU a minute">
          <table className="rates-table">
            <thead>
              <tr>
                <th scope="col">Class</th>
                {SIDES.map((side) => (
                  <th key={side} scope="col">
                    <SideMark side={side} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {COMPUTE_CLASSES.map((name) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {SIDES.map((side) => (
                    <td key={side}>
                      <span className="input is-small" data-invalid={wrong.includes(`${side}.${name}`) || undefined}>
                        <input
                          inputMode="decimal"
                          aria-label={`${SIDE_NAMES[side]} rate of ${name}, CU a minute`}
                          aria-invalid={wrong.includes(`${side}.${name}`) || undefined}
                          value={draft[side][name]}
                          onChange={(event) =>
                            setDraft({ ...draft, [side]: { ...draft[side], [name]: event.target.value } })
                          }
                        />
                      </span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {wrong.some((field) => field !== 'default') ? (
            <p className="field-error" role="alert">
              A rate is an amount of CU, like 0, 1 or 2.5.
            </p>
          ) : null}
          <p className="field-hint">A run keeps the rate that it was granted with.</p>
        </Section>
        <TextField
          label="Reason"
          placeholder="Kept in evidence"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </form>
    </ModalDrawer>
  );
};
