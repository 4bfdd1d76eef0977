import { X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Field } from './field.tsx';
import { parseLabel } from './parse-labels.ts';
import './label-editor.css';

interface LabelEditorProps {
  label: string;
  hint?: string;
  error?: string;
  labels: Readonly<Record<string, string>>;
  onChange: (labels: Record<string, string>) => void;
}

/** Labels as chips; Enter, comma or leaving the field adds one, Backspace in the empty field takes the last away. */
export const LabelEditor = ({ label, hint, error, labels, onChange }: LabelEditorProps) => {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const add = () => {
    if (text.trim() === '') return;
    const parsed = parseLabel(text.trim());
    if ('problem' in parsed) {
      setProblem(parsed.problem);
      return;
    }
    onChange({ ...labels, [parsed.key]: parsed.value });
    setText('');
    setProblem(undefined);
  };
  const remove = (key: string) => onChange(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key)));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.metaKey && !event.ctrlKey && text.trim() !== '') {
      event.preventDefault();
      add();
    } else if (event.key === ',' || (event.key === ' ' && text.includes('='))) {
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && text === '') {
      const last = Object.keys(labels).at(-1);
      if (last !== undefined) remove(last);
    }
  };
  return (
    <Field label={label} hint={hint} error={problem ?? error}>
      {({ id, describedBy, isInvalid }) => (
        <span className="input label-editor" data-invalid={isInvalid || undefined}>
          {Object.entries(labels).map(([key, value]) => (
            <span key={key} className="chip">
              {key}={value}
              <button type="button" aria-label={`Remove ${key}`} onClick={() => remove(key)}>
                <X size={12} aria-hidden="true" />
              </button>
            </span>
          ))}
          <input
            id={id}
            value={text}
            placeholder="key=value"
            autoComplete="off"
            spellCheck={false}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            onChange={(event) => {
              setText(event.target.value);
              setProblem(undefined);
            }}
            onKeyDown={onKeyDown}
            onBlur={add}
          />
        </span>
      )}
    </Field>
  );
};
