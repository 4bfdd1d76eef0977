/** Who keeps a token at rest. */
export interface SecretKeeper {
  readonly keptIn: 'keychain' | 'file';
  /** The form in which it is written to the 0600 store. */
  seal(token: string): string;
  /** Null when it cannot be opened any more, such as after a change of the keychain. */
  open(sealed: string): string | null;
}

/** No keychain: the store's own 0600 file is what keeps it. */
export const fileKeeper: SecretKeeper = {
  keptIn: 'file',
  seal: (token) => token,
  open: (sealed) => sealed,
};
