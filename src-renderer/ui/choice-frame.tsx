import type { ReactNode } from 'react';
import './field.css';

export interface ChoiceLook {
  label: string;
  /** Hides the label from sight where the value says enough, as in a toolbar. */
  isLabelHidden?: boolean;
  hint?: ReactNode;
  error?: string;
}

/** What stands around a control that opens a list: its label before, the hint or what is wrong behind. */
export const ChoiceFrame = ({
  labelId,
  label,
  isLabelHidden,
  hint,
  error,
  children,
}: ChoiceLook & { labelId: string; children: ReactNode }) => {
  const note = error ?? hint;
  return (
    <div className={isLabelHidden ? 'row' : 'field'}>
      <span id={labelId} className={isLabelHidden ? 'visually-hidden' : 'field-label'}>
        {label}
      </span>
      {children}
      {note === undefined ? null : <div className={error === undefined ? 'field-hint' : 'field-error'}>{note}</div>}
    </div>
  );
};
