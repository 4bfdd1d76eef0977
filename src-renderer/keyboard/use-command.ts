import { useEffect, useLayoutEffect, useRef } from 'react';
import { after } from '../stores/clock.ts';
import { BINDINGS, type CommandId } from './bindings.ts';
import { matchKey } from './match-key.ts';

type Handler = () => void;
const handlers = new Map<CommandId, Handler[]>();
const SEQUENCE_MS = 1_000;

/** Does a command of the keyboard table while the component is on screen; the newest one mounted wins. */
export const useCommand = (id: CommandId, run: Handler, isEnabled = true): void => {
  const latest = useRef(run);
  latest.current = run;
  // Before it is painted: a key that is pressed at sight is not lost.
  useLayoutEffect(() => {
    if (!isEnabled) return;
    const handler = () => latest.current();
    handlers.set(id, [...(handlers.get(id) ?? []), handler]);
    return () => {
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((candidate) => candidate !== handler),
      );
    };
  }, [id, isEnabled]);
};

/** What the screen offers now, from the same table as the keys: each label does what its keys would. */
export const pageCommands = (): readonly { id: CommandId; label: string; keys: readonly string[]; run: Handler }[] =>
  BINDINGS.filter(({ group, isLocal }) => group === 'On this screen' && !isLocal).flatMap(({ id, label, keys }) => {
    const run = handlers.get(id)?.at(-1);
    return run === undefined ? [] : [{ id, label, keys, run }];
  });

const FIELDS =
  'input:not([type="range"]), textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="menu"]';
const isField = (target: EventTarget | null) => target instanceof Element && target.closest(FIELDS) !== null;
/** Space on a control presses that control. */
const isPressing = ({ key, target }: KeyboardEvent) =>
  key === ' ' && target instanceof Element && target.closest('button, a, summary, [role="radio"]') !== null;
/** Below an open dialog the page's own keys rest. */
const isBehindDialog = (target: EventTarget | null) =>
  document.querySelector('[role="dialog"][data-open], [role="alertdialog"][data-open]') !== null &&
  !(target instanceof Element && target.closest('[data-keys]') !== null);

/** Listens for the shortcuts of the whole window; mounted once, by the shell. */
export const useKeyboard = (): void => {
  useEffect(() => {
    let pending: string | null = null;
    let forget: () => void = () => undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      const press = {
        key: event.key,
        isMod: event.metaKey || event.ctrlKey,
        isAlt: event.altKey,
        isShift: event.shiftKey,
        isInField: isField(event.target) || isBehindDialog(event.target) || isPressing(event),
      };
      const match = matchKey(press, pending);
      forget();
      pending = match.pending;
      if (pending !== null) {
        forget = after(SEQUENCE_MS, () => {
          pending = null;
        });
      }
      const handler = match.command === null ? undefined : handlers.get(match.command)?.at(-1);
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
};
