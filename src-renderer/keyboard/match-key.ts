import { BINDINGS, type CommandId } from './bindings.ts';

export interface KeyPress {
  key: string;
  isMod: boolean;
  isAlt: boolean;
  isShift?: boolean;
  /** The focus is in a field, a list box or a dialog's control that reads keys itself. */
  isInField: boolean;
}
export interface Match {
  command: CommandId | null;
  /** First key of a sequence that waits for its second. */
  pending: string | null;
}
const NOTHING: Match = { command: null, pending: null };

/**
 * What a key press means. Single keys and sequences never fire while a field has the focus; combinations with Mod do.
 * @param pending the key before, where it began a sequence and is still fresh.
 */
export const matchKey = (press: KeyPress, pending: string | null): Match => {
  if (press.isAlt) return NOTHING;
  const key = press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const global = BINDINGS.filter((binding) => !binding.isLocal);
  if (press.isMod) {
    const found = global.find(({ keys }) => keys[0] === 'Mod' && keys[1] === key);
    return { command: found?.id ?? null, pending: null };
  }
  if (press.isInField) return NOTHING;
  // A letter with Shift is only what is bound with Shift: a capital must never do what its single key does.
  if (press.isShift === true && /^[a-z]$/.test(key)) {
    const found = global.find(({ keys }) => keys[0] === 'Shift' && keys[1] === key);
    return { command: found?.id ?? null, pending: null };
  }
  if (pending !== null) {
    const found = global.find(({ keys }) => keys.length === 2 && keys[0] === pending && keys[1] === key);
    if (found !== undefined) return { command: found.id, pending: null };
  }
  const single = global.find(({ keys }) => keys.length === 1 && keys[0] === key);
  if (single !== undefined) return { command: single.id, pending: null };
  const starts = global.some(({ keys }) => keys.length === 2 && keys[0] === key && keys[0] !== 'Shift');
  return starts ? { command: null, pending: key } : NOTHING;
};
