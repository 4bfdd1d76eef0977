import { z } from 'zod';
import { fieldWords } from './field-words.ts';
import { LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, SAFE_INTEGER_MAX } from './limits.ts';

// Every schema is made of these, so all of them speak alike.
z.config({ customError: fieldWords });

/** An integer ≥ 0; `-0` is refused because it would not survive the canonical form. */
export const count = z
  .int()
  .min(0)
  .max(SAFE_INTEGER_MAX)
  .refine((n) => !Object.is(n, -0), 'must not be -0');
export const positive = z.int().min(1).max(SAFE_INTEGER_MAX);
/** RFC 3339 UTC with milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'must be an instant like 2026-11-22T14:48:05.120Z');
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower-case hexadecimal digits');
/** `SHA256:` and unpadded base64 of the SHA-256 of the 32 raw public bytes. */
export const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a fingerprint like SHA256:…');
/** Standard base64 of the 32 raw bytes of an Ed25519 public key. */
export const publicKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes');
export const signature = z.string().regex(/^[A-Za-z0-9+/]{86}==$/, 'must be the base64 of a 64-byte signature');
/** Free text that people wrote: no NUL, bounded, shown as text only. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not hold a NUL character');
export const reason = text(500);
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be 1 to 63 letters, digits, dots, dashes or underscores');
export const labelKey = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,62}$/, 'must be a label key like region');
export const labelValue = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'must be a label value like eu');
export const labels = z
  .record(labelKey, labelValue)
  .refine((o) => Object.keys(o).length <= 16, 'must hold at most 16 labels');
export const wuId = z.string().regex(/^WU-[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'must be a work unit like WU-123');
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters');

/** Query numbers arrive as text. */
const queryInt = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
export const queryLimit = queryInt(1, LIST_LIMIT_MAX).default(LIST_LIMIT_DEFAULT);
export const queryCount = queryInt(0, SAFE_INTEGER_MAX);
export const queryWaitMs = queryInt(0, 30_000);
export const queryCursor = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);

/** A DSSE envelope (`payload` and `sig` are base64). */
export const dsse = z.object({
  payloadType: z.string().max(200),
  payload: z.base64(),
  signatures: z
    .array(z.object({ keyid: z.string().max(200).optional(), sig: z.base64() }))
    .min(1)
    .max(4),
});
export type Dsse = z.infer<typeof dsse>;

/** `{items, next_cursor}`, the form of every list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
