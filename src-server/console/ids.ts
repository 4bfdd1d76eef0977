import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_LENGTH = 26;

/** A fresh id of a remote. */
export const newRemoteId = (): string =>
  `rmt_${[...randomBytes(ID_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;

/** A key that makes one request repeatable. */
export const newKey = (): string => randomBytes(16).toString('base64url');
