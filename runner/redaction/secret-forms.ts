/** A secret that the runner hands out, by the name under which jobs ask for it. */
export interface Secret {
  name: string;
  value: string;
}

/** Shorter ones stand in ordinary output by chance, so hiding them would hide nothing and break everything. */
export const SECRET_MIN_CHARACTERS = 6;
/** One secret; a long private key has a third of it. */
export const SECRET_LIMIT_BYTES = 8 * 1024;
/** All secrets of one job, which bounds the tables that search for them. */
export const SECRETS_LIMIT_BYTES = 16 * 1024;
/** Lines of a longer secret (a key in PEM) that are secret by themselves. */
const LINE_MIN_BYTES = 12;

/** Why a value cannot be a secret, as the end of a sentence; null when it can. */
export function unusableSecretReason(value: string): string | null {
  if ([...value].length < SECRET_MIN_CHARACTERS)
    return `has under ${SECRET_MIN_CHARACTERS} characters, so it cannot be told from ordinary output`;
  if (value.trim().length < SECRET_MIN_CHARACTERS) return 'is almost only blank';
  if (value.includes('\0')) return 'holds a NUL, which no environment can carry';
  if (Buffer.byteLength(value) > SECRET_LIMIT_BYTES) return `is longer than ${SECRET_LIMIT_BYTES / 1024} KiB`;
  return null;
}

/** The forms of all secrets, for each way of looking at the output. */
export interface SecretForms {
  plain: Buffer[];
  /** Without line ends: a terminal or an encoder may break a secret into lines. */
  unbroken: Buffer[];
  /** In the alphabet with + and /. */
  base64: Buffer[];
  /** Lower case. */
  hex: Buffer[];
  /** With + for each blank, as forms are sent. */
  formEncoded: Buffer[];
}

/** The characters of base64 that depend on the secret alone when `offset` bytes stand before it in its group of three. */
function base64At(value: Buffer, offset: 0 | 1 | 2): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), value])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + value.length) * 8) / 6);
  return Buffer.from(text.slice(first, end));
}

const withoutLineEnds = (text: string): string => text.replace(/[\r\n]/g, '');

/** Every form in which the values are searched for. Values that cannot be secrets are expected to be refused before. */
export function formsOf(values: readonly string[]): SecretForms {
  const forms: SecretForms = { plain: [], unbroken: [], base64: [], hex: [], formEncoded: [] };
  for (const value of values) {
    const lines = value.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= LINE_MIN_BYTES);
    for (const part of new Set([value, value.trim(), ...(lines.length > 1 ? lines : [])])) addForms(forms, part);
  }
  return forms;
}

function addForms(forms: SecretForms, value: string): void {
  const bytes = Buffer.from(value);
  const unbroken = withoutLineEnds(value);
  forms.plain.push(bytes);
  forms.unbroken.push(Buffer.from(unbroken));
  // A broken secret is encoded with its line ends or after somebody took them out.
  for (const each of new Set([value, unbroken])) {
    const raw = Buffer.from(each);
    for (const offset of [0, 1, 2] as const) forms.base64.push(base64At(raw, offset));
    forms.hex.push(Buffer.from(raw.toString('hex')));
  }
  if (unbroken.includes(' ')) forms.formEncoded.push(Buffer.from(unbroken.replaceAll(' ', '+')));
}
