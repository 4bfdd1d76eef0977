import type { Policy, PolicyOverride } from '../../../src-server/contract/policy.ts';
import { COMPUTE_CLASSES, type ComputeClass } from '../../../src-server/contract/terms.ts';
import type { PolicyFields } from '../../stores/policy-drafts.ts';

/** The part of a version that a draft may change. */
export const fieldsOf = (policy: Policy): PolicyFields => ({
  mode: policy.mode,
  fallback: policy.fallback,
  refuse_after_ms: policy.refuse_after_ms,
  overrides: policy.overrides,
  fair_share: policy.fair_share,
  four_eyes: policy.four_eyes,
});

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
};
/** Equal content, whatever the order of its keys. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** True where the draft says something else than the version. */
export const isChanged = (policy: Policy, fields: PolicyFields): boolean => !isSame(fieldsOf(policy), fields);

/** The draft on top of a version that came meanwhile: what the draft did not touch is as that version says. */
export const rebased = (base: Policy, live: Policy, fields: PolicyFields): PolicyFields => {
  const [before, next] = [fieldsOf(base), fieldsOf(live)];
  const pick = <K extends keyof PolicyFields>(key: K): PolicyFields[K] =>
    isSame(before[key], fields[key]) ? next[key] : fields[key];
  return {
    mode: pick('mode'),
    fallback: pick('fallback'),
    refuse_after_ms: pick('refuse_after_ms'),
    overrides: pick('overrides'),
    fair_share: pick('fair_share'),
    four_eyes: pick('four_eyes'),
  };
};

/** Which jobs an override is for; the same jobs have the same key. */
export const overrideKey = ({
  compute_class: name,
  labels,
}: Pick<PolicyOverride, 'compute_class' | 'labels'>): string =>
  [
    name ?? '*',
    ...Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  ].join(' ');

export interface OverrideRow {
  key: string;
  computeClass: ComputeClass | null;
  labels: Readonly<Record<string, string>>;
  /** In the draft and in the version that it was begun from; null: these jobs follow what comes after. */
  now: PolicyOverride | null;
  was: PolicyOverride | null;
  /** Place in the draft's list; -1 where it is not in it. */
  at: number;
}

/** The overrides of the draft in their order, those it takes away, then the classes that follow the mode. */
export const overrideRows = (was: readonly PolicyOverride[], now: readonly PolicyOverride[]): OverrideRow[] => {
  const row = (o: PolicyOverride, at: number): OverrideRow => ({
    key: overrideKey(o),
    computeClass: o.compute_class ?? null,
    labels: o.labels ?? {},
    now: at === -1 ? null : o,
    was: was.find((other) => overrideKey(other) === overrideKey(o)) ?? null,
    at,
  });
  const rows = now.map(row);
  const keys = new Set(rows.map(({ key }) => key));
  const gone = was.filter((o) => !keys.has(overrideKey(o))).map((o) => row(o, -1));
  const named = new Set([...rows, ...gone].map(({ key }) => key));
  const plain = COMPUTE_CLASSES.filter((name) => !named.has(name)).map((name) => ({
    key: name,
    computeClass: name,
    labels: {},
    now: null,
    was: null,
    at: -1,
  }));
  return [...rows, ...gone, ...plain];
};

/** Puts an override in the place of the one with this key, or where it belongs: rules by label stand before whole classes. */
export const withOverride = (
  overrides: readonly PolicyOverride[],
  replaced: string | null,
  made: PolicyOverride,
): PolicyOverride[] => {
  const at = overrides.findIndex((o) => overrideKey(o) === replaced);
  if (at !== -1) return overrides.map((o, i) => (i === at ? made : o));
  if (made.labels === undefined) return [...overrides, made];
  const first = overrides.findIndex((o) => o.labels === undefined);
  return first === -1 ? [...overrides, made] : [...overrides.slice(0, first), made, ...overrides.slice(first)];
};

export const withoutOverride = (overrides: readonly PolicyOverride[], key: string): PolicyOverride[] =>
  overrides.filter((o) => overrideKey(o) !== key);

/** Brings an override back to what the version says of it. */
export const restored = (overrides: readonly PolicyOverride[], { key, was }: OverrideRow): PolicyOverride[] =>
  was === null ? withoutOverride(overrides, key) : withOverride(overrides, key, was);

/** One place up, where it is judged earlier. */
export const raised = (overrides: readonly PolicyOverride[], at: number): PolicyOverride[] => {
  const next = [...overrides];
  const [moved] = next.splice(at, 1);
  if (moved !== undefined) next.splice(Math.max(0, at - 1), 0, moved);
  return next;
};
