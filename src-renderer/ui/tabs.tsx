import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import './tabs.css';

export interface Tab<V extends string> {
  value: V;
  label: ReactNode;
  count?: number;
}
interface TabsProps<V extends string> {
  label: string;
  value: V;
  tabs: readonly Tab<V>[];
  onChange: (value: V) => void;
  /** Ids are `<idBase>-tab-<value>` and `<idBase>-panel-<value>`; the panel carries the latter. */
  idBase: string;
}

/** A row of tabs; arrows move, the panel belongs to the page. */
export const Tabs = <V extends string>({ label, value, tabs, onChange, idBase }: TabsProps<V>) => {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex((tab) => tab.value === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onChange(next.value);
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${idBase}-tab-${next.value}`)}`)?.focus();
  };
  return (
    <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          id={`${idBase}-tab-${tab.value}`}
          aria-controls={tab.value === value ? `${idBase}-panel-${tab.value}` : undefined}
          aria-selected={tab.value === value}
          tabIndex={tab.value === value ? 0 : -1}
          onClick={() => onChange(tab.value)}
        >
          {tab.label}
          {tab.count === undefined ? null : <small>{tab.count}</small>}
        </button>
      ))}
    </div>
  );
};
