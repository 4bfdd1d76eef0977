const STORAGE_KEY = 'cc_session';

/** The key half of a browser session; the other half is a cookie that scripts cannot read. */
export const sessionKey = {
  read: (): string | null => globalThis.localStorage?.getItem(STORAGE_KEY) ?? null,
  write: (key: string): void => localStorage.setItem(STORAGE_KEY, key),
  clear: (): void => localStorage.removeItem(STORAGE_KEY),
};

/** Headers that every call carries. */
export const sessionHeaders = (): Record<string, string> => {
  const key = sessionKey.read();
  return key === null ? {} : { 'CC-Session': key };
};
