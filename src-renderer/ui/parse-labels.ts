import { labelKey, labelValue } from '../../src-server/contract/primitives.ts';

export type ParsedLabel = { key: string; value: string } | { problem: string };

/** Reads `key=value` as the contract allows it. */
export const parseLabel = (text: string): ParsedLabel => {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) return { problem: 'A label is written key=value, for example region=eu.' };
  const key = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  if (!labelKey.safeParse(key).success) return { problem: `${key} is not a label key: small letters, digits, . _ / -` };
  if (!labelValue.safeParse(value).success)
    return { problem: `${value} is not a label value: letters, digits, . _ / -` };
  return { key, value };
};
