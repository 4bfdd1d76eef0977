import type { PolicyChange, PolicyOverride } from '../../contract/policy.ts';
import type { FallbackMode, PolicyMode } from '../../contract/terms.ts';

/** The rule of a version as it travels, without its number and its history. */
export interface PolicyContent {
  mode: PolicyMode;
  fallback: { mode: FallbackMode; after_ms: number };
  refuse_after_ms: number | null;
  overrides: readonly PolicyOverride[];
  fair_share: boolean;
  four_eyes: boolean;
}

/** What differs from one rule to another, field by field, as data and in words. */
export function policyChanges(from: PolicyContent, to: PolicyContent): PolicyChange[] {
  const changes: PolicyChange[] = [];
  const compare = (pointer: string, a: unknown, b: unknown, sentence: string): void => {
    if (textOf(a) !== textOf(b)) changes.push({ pointer, from: a ?? null, to: b ?? null, sentence });
  };
  compare('/mode', from.mode, to.mode, `The mode becomes ${to.mode}; it was ${from.mode}.`);
  const modeWords = `The fallback becomes ${to.fallback.mode}; it was ${from.fallback.mode}.`;
  compare('/fallback/mode', from.fallback.mode, to.fallback.mode, modeWords);
  const [after, before] = [to.fallback.after_ms, from.fallback.after_ms];
  const afterWords = `The second side is looked at after ${span(after)}; it was ${span(before)}.`;
  compare('/fallback/after_ms', before, after, afterWords);
  compare('/refuse_after_ms', from.refuse_after_ms, to.refuse_after_ms, refuseWords(to.refuse_after_ms));
  const count = Math.max(from.overrides.length, to.overrides.length);
  for (let n = 0; n < count; n++)
    compare(
      `/overrides/${n}`,
      from.overrides[n],
      to.overrides[n],
      overrideWords(n, from.overrides[n], to.overrides[n]),
    );
  compare(
    '/fair_share',
    from.fair_share,
    to.fair_share,
    to.fair_share ? 'Work units take turns inside one priority.' : 'Jobs of one priority go by age alone.',
  );
  compare(
    '/four_eyes',
    from.four_eyes,
    to.four_eyes,
    to.four_eyes ? 'Who submits a job cannot approve it.' : 'Who submits a job may approve it.',
  );
  return changes;
}

/** Equal content gives equal text, whatever the order of its keys. */
const textOf = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'null';
function sorted(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

const span = (ms: number): string =>
  ms % 60_000 === 0 && ms > 0 ? `${ms / 60_000} min` : ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
const refuseWords = (ms: number | null): string =>
  ms === null ? 'No job is refused for waiting long.' : `A job that waits longer than ${span(ms)} is refused.`;

/** "gpu-small with region=eu: byoc_only, fallback never", as lists of overrides name one. */
export function overrideText(override: PolicyOverride): string {
  const labels = Object.entries(override.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const who = [...(override.compute_class === undefined ? [] : [override.compute_class]), ...labels].join(' with ');
  const rule = [
    ...(override.mode === undefined ? [] : [override.mode]),
    ...(override.fallback === undefined
      ? []
      : [`fallback ${override.fallback.mode} after ${span(override.fallback.after_ms)}`]),
  ];
  return `${who}: ${rule.join(', ')}`;
}

function overrideWords(n: number, from: PolicyOverride | undefined, to: PolicyOverride | undefined): string {
  if (to === undefined) return `Override ${n + 1} goes (${overrideText(from as PolicyOverride)}).`;
  if (from === undefined) return `Override ${n + 1} is new: ${overrideText(to)}.`;
  return `Override ${n + 1} becomes ${overrideText(to)}; it was ${overrideText(from)}.`;
}
