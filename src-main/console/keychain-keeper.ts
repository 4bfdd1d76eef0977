import type { SecretKeeper } from '../../src-server/public.ts';

/** The part of Electron's `safeStorage` that is used. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
  /** On Linux only. */
  getSelectedStorageBackend?: () => string;
}

/** Backends that are no keychain: a fixed password, or none was found yet. */
const NO_KEYCHAIN = new Set(['basic_text', 'unknown']);

/** Tokens in the system's keychain; null where there is none, which is then said plainly. */
export const keychainKeeper = (storage: SafeStorage, platform: NodeJS.Platform): SecretKeeper | null => {
  if (!storage.isEncryptionAvailable()) return null;
  if (platform === 'linux' && NO_KEYCHAIN.has(storage.getSelectedStorageBackend?.() ?? 'unknown')) return null;
  return {
    keptIn: 'keychain',
    seal: (token) => storage.encryptString(token).toString('base64'),
    open: (sealed) => {
      try {
        return storage.decryptString(Buffer.from(sealed, 'base64'));
      } catch {
        // Another user, a reset keychain: the token is asked for again.
        return null;
      }
    },
  };
};
