import { expect, it } from 'vitest';
import { keychainKeeper, type SafeStorage } from './keychain-keeper.ts';

const storage = (more: Partial<SafeStorage> = {}): SafeStorage => ({
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from(`sealed ${text}`),
  decryptString: (bytes) => bytes.toString().replace('sealed ', ''),
  ...more,
});

it('seals with the keychain, and says when it does not open any more', () => {
  const keeper = keychainKeeper(storage(), 'darwin');
  const sealed = keeper?.seal('cco_1') ?? '';
  expect(sealed).not.toContain('cco_1');
  expect(keeper?.open(sealed)).toBe('cco_1');
  const broken = storage({
    decryptString: () => {
      throw new Error('locked');
    },
  });
  expect(keychainKeeper(broken, 'darwin')?.open(sealed)).toBeNull();
});

it('is none where the system has no real keychain', () => {
  expect(keychainKeeper(storage({ isEncryptionAvailable: () => false }), 'win32')).toBeNull();
  expect(keychainKeeper(storage({ getSelectedStorageBackend: () => 'basic_text' }), 'linux')).toBeNull();
  expect(keychainKeeper(storage({ getSelectedStorageBackend: () => 'gnome_libsecret' }), 'linux')?.keptIn).toBe(
    'keychain',
  );
});
