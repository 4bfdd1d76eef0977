import { Switch } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';
import './field.css';

interface SwitchFieldProps {
  label: string;
  hint?: ReactNode;
  isOn: boolean;
  disabledReason?: string;
  onChange: (isOn: boolean) => void;
}

/** On or off, with what it means below the label. */
export const SwitchField = ({ label, hint, isOn, disabledReason, onChange }: SwitchFieldProps) => {
  const id = useId();
  const note = disabledReason ?? hint;
  return (
    <div className="switch-field">
      <div className="grow">
        <div id={`${id}-label`} className="medium">
          {label}
        </div>
        {note === undefined ? null : (
          <div id={`${id}-note`} className="field-hint">
            {note}
          </div>
        )}
      </div>
      <Switch.Root
        className="switch"
        checked={isOn}
        disabled={disabledReason !== undefined}
        onCheckedChange={onChange}
        aria-labelledby={`${id}-label`}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
    </div>
  );
};

/** A box to tick: a plain statement of the reader. */
export const CheckField = ({
  label,
  isOn,
  onChange,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) => (
  <label className="check-field">
    <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
    {label}
  </label>
);
