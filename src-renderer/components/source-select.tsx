import { type ReactNode, useState } from 'react';
import type { Source } from '../../src-server/contract/source.ts';
import { useSource, useSourceSearch } from '../api/sources.ts';
import { KindIcon } from '../ui/kind-icon.tsx';
import { type SearchOption, SearchSelect } from '../ui/search-select.tsx';
import { sourceLook } from '../ui/state-vocabulary.ts';
import { problemText } from './problem-panel.tsx';
import { useTypedFilter } from './use-typed-filter.ts';

interface SourceSelectProps {
  /** Null: none is chosen. */
  value: string | null;
  /** The choice that means no source, such as "Any source"; it cannot be chosen where `isRequired`. */
  noneLabel: string;
  isRequired?: boolean;
  isLabelHidden?: boolean;
  isSmall?: boolean;
  icon?: ReactNode;
  error?: string | undefined;
  onChange: (sourceId: string | null) => void;
}

const NONE = '';

const optionOf = (source: Source): SearchOption => {
  const { label } = sourceLook(source);
  return {
    value: source.source_id,
    label: source.name,
    icon: <KindIcon kind={source.kind} size={14} />,
    ...(label === 'Online' ? {} : { detail: label }),
  };
};

/** A source out of ten thousand: the plane searches names and labels, the name of the chosen one is asked for by its id. */
export const SourceSelect = ({ value, noneLabel, isRequired = false, onChange, error, ...look }: SourceSelectProps) => {
  const [asked, setAsked] = useState('');
  const [text, setText] = useTypedFilter(asked, setAsked);
  const [isUsed, setUsed] = useState(false);
  const search = useSourceSearch(asked.trim(), isUsed);
  const chosen = useSource(value);
  const found = (search.data?.items ?? []).filter(({ revoked }) => !isRequired || !revoked);
  const none: SearchOption[] = isRequired || text.trim() !== '' ? [] : [{ value: NONE, label: noneLabel }];
  const options = [...none, ...found.map(optionOf)];
  let note: string | undefined;
  if (search.error !== null) note = problemText(search.error);
  else if (search.data === undefined) note = 'Searching';
  else if (found.length === 0) note = text.trim() === '' ? 'No sources yet.' : 'No source of that name or label.';
  else if (search.data.next_cursor !== null) note = 'More match. Type more of the name, or a label as key=value.';
  return (
    <SearchSelect
      {...look}
      label="Source"
      placeholder="Name or label"
      value={value ?? NONE}
      valueText={value === null ? noneLabel : (chosen.data?.name ?? (chosen.isPending ? '' : value))}
      text={text}
      options={options}
      note={note}
      {...(error === undefined ? {} : { error })}
      onType={(next) => {
        setUsed(true);
        setText(next);
      }}
      onChange={(next) => onChange(next === NONE ? null : next)}
    />
  );
};
