/** A credential is its prefix, 32 random base-62 characters and 6 of a CRC-32, so that a typing error is told apart from a wrong one. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_CHARS = 32;
const CHECK_CHARS = 6;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) crc = (CRC_TABLE[(crc ^ text.charCodeAt(i)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function base62(value: number, width: number): string {
  let out = '';
  for (let i = 0, rest = value; i < width; i++, rest = Math.floor(rest / 62)) out = ALPHABET[rest % 62] + out;
  return out;
}

/**
 * Makes a credential or token.
 * @param prefix `cce` (runner credential) or another three-letter prefix of the same form.
 * @param random uniform integers in [0, 62), from a cryptographic source.
 */
export function makeCredential(prefix: string, random: () => number): string {
  let body = '';
  for (let i = 0; i < RANDOM_CHARS; i++) body += ALPHABET[random()];
  return `${prefix}_${body}${base62(crc32(`${prefix}_${body}`), CHECK_CHARS)}`;
}

/** `mistyped` = the check characters do not fit; `ok` says nothing about whether it was ever issued. */
export function checkCredential(prefix: string, text: string): 'ok' | 'mistyped' {
  const form = new RegExp(`^${prefix}_[0-9A-Za-z]{${RANDOM_CHARS + CHECK_CHARS}}$`);
  if (!form.test(text)) return 'mistyped';
  const split = prefix.length + 1 + RANDOM_CHARS;
  return base62(crc32(text.slice(0, split)), CHECK_CHARS) === text.slice(split) ? 'ok' : 'mistyped';
}

/** White space and one pair of quotes around a pasted value are safe to drop. */
export const trimPasted = (text: string): string =>
  text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
