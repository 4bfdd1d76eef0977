const HIDDEN = '[hidden]';

/** Bearers, credentials, tokens and keys by their form, wherever they stand in a text. */
const SECRET_FORMS: readonly [RegExp, string][] = [
  [/\b(cco|cce|ccs|ccp|lf)_[0-9A-Za-z_-]{8,}/g, `$1_${HIDDEN}`],
  [/\b(Bearer|Basic|Runner)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(\/sign-in#)[^\s"']+/g, `$1${HIDDEN}`],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END|$)/g, `$1${HIDDEN}$2`],
];
/** Fields that hold a secret whatever it looks like. */
const SECRET_FIELDS = /token|secret|password|credential|authorization|cookie|session_key|private/i;
/** Deeper than any of our own records; a ring would otherwise never end. */
const DEPTH_LIMIT = 6;

/** A text with every known form of secret replaced. */
export const redactText = (text: string): string =>
  SECRET_FORMS.reduce((rest, [form, replacement]) => rest.replace(form, replacement), text);

/** A copy of a value that is safe to log: secret fields hidden, texts redacted, errors as name and message. */
export const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value;
  if (depth >= DEPTH_LIMIT) return '[deep]';
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_FIELDS.test(key) ? HIDDEN : redact(item, depth + 1)]),
  );
};
