/** A fresh Idempotency-Key: one per intent of a person, kept over repeats of the same request. */
export const newIdempotencyKey = (): string => crypto.randomUUID();
