import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react';
import './field.css';

interface FieldFrame {
  label: string;
  hint?: ReactNode;
  /** What is wrong, as a sentence; also sets `aria-invalid`. */
  error?: string;
}

/** Label, control, then the error or the hint. The control gets the ids to be described by. */
export const Field = ({
  label,
  hint,
  error,
  children,
}: FieldFrame & {
  children: (ids: { id: string; describedBy: string | undefined; isInvalid: boolean }) => ReactNode;
}) => {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, describedBy: note === undefined ? undefined : noteId, isInvalid: error !== undefined })}
      {note === undefined ? null : (
        <div id={noteId} className={error === undefined ? 'field-hint' : 'field-error'}>
          {note}
        </div>
      )}
    </div>
  );
};

type TextFieldProps = FieldFrame &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> & { unit?: string; isMono?: boolean };

/** One line of text, or a number with its unit (`type="number"`). Takes what `register` of a form hands out. */
export const TextField = ({ label, hint, error, unit, isMono, className = '', ...input }: TextFieldProps) => (
  <Field label={label} hint={hint} error={error}>
    {({ id, describedBy, isInvalid }) => (
      <span className="input" data-invalid={isInvalid || undefined}>
        <input
          {...input}
          id={id}
          className={`${isMono ? 'mono' : ''} ${className}`}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
        />
        {unit === undefined ? null : <span className="input-unit">{unit}</span>}
      </span>
    )}
  </Field>
);

type TextAreaProps = FieldFrame & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'> & { isMono?: boolean };

/** Several lines of text. */
export const TextArea = ({ label, hint, error, isMono, className = '', ...area }: TextAreaProps) => (
  <Field label={label} hint={hint} error={error}>
    {({ id, describedBy, isInvalid }) => (
      <textarea
        rows={3}
        {...area}
        id={id}
        className={`input ${isMono ? 'mono' : ''} ${className}`}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || undefined}
      />
    )}
  </Field>
);
