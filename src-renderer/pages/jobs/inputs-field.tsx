import { FilePlus, Upload, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { formatBytes } from '../../format/number.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { type DraftInput, INPUTS_LIMIT_BYTES, messageUnder } from './submit-draft.ts';

let lastId = 0;
const nextId = () => {
  lastId += 1;
  return lastId;
};

/** Bytes as base64, in pieces that the argument limit of functions allows. */
const toBase64 = async (file: File): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const PIECE = 0x8000;
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
};

interface InputsFieldProps {
  inputs: readonly DraftInput[];
  errors: readonly FieldError[];
  onChange: (inputs: DraftInput[]) => void;
}

/** Files that the job finds in its work directory: small texts written here, or files of this computer. */
export const InputsField = ({ inputs, errors, onChange }: InputsFieldProps) => {
  const picker = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const patch = (id: number, change: { path?: string; text?: string }) =>
    onChange(inputs.map((input) => (input.id === id ? ({ ...input, ...change } as DraftInput) : input)));
  const upload = async (files: readonly File[]) => {
    const large = files.find((file) => file.size > INPUTS_LIMIT_BYTES);
    setTooLarge(
      large === undefined ? null : `${large.name} is ${formatBytes(large.size)}. 700 KiB is the most from here.`,
    );
    const fit = files.filter((file) => file.size <= INPUTS_LIMIT_BYTES);
    const read = await Promise.all(
      fit.map(async (file) => ({ id: nextId(), path: file.name, base64: await toBase64(file), sizeBytes: file.size })),
    );
    onChange([...inputs, ...read]);
  };
  // An error of the list itself, not of one of its items.
  const error = tooLarge ?? errors.find(({ pointer }) => pointer === '/inputs')?.message;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a field
    <div className="field" role="group" aria-label="Inputs">
      <span className="field-label">Inputs</span>
      {inputs.map((input, i) => (
        <div key={input.id} className="submit-input">
          <div className="row">
            <TextField
              label={`Path of input ${i + 1}`}
              isMono
              placeholder="data/input.txt"
              value={input.path}
              error={messageUnder(errors, `/inputs/${i}`)}
              onChange={(event) => patch(input.id, { path: event.target.value })}
            />
            {'text' in input ? null : <span className="text-2 text-xs">{formatBytes(input.sizeBytes)}</span>}
            <Button
              look="ghost"
              size="small"
              icon={<X />}
              label={`Remove input ${i + 1}`}
              onClick={() => onChange(inputs.filter(({ id }) => id !== input.id))}
            />
          </div>
          {'text' in input ? (
            <TextArea
              label={`Text of input ${i + 1}`}
              isMono
              rows={2}
              value={input.text}
              onChange={(event) => patch(input.id, { text: event.target.value })}
            />
          ) : null}
        </div>
      ))}
      <div className="row">
        <Button
          size="small"
          icon={<FilePlus />}
          onClick={() => onChange([...inputs, { id: nextId(), path: '', text: '' }])}
        >
          Add text
        </Button>
        <Button size="small" icon={<Upload />} onClick={() => picker.current?.click()}>
          Add files
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Add files"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            void upload(files);
          }}
        />
      </div>
      {error === undefined ? null : <div className="field-error">{error}</div>}
    </div>
  );
};
