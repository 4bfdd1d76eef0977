/** The address as a URL, or null where it is none; an address that comes from outside is never a reason to throw. */
export const parseUrl = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};
