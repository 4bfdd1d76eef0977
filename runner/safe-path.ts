const PATH_LIMIT = 512;
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Why a path below a work directory is not safe on every platform, in a few words; null when it is. The plane holds the
 * same rule, so a file refused here would be refused there.
 */
export function unsafePathReason(path: string): string | null {
  if (path === '' || path.length > PATH_LIMIT) return `a path has 1 to ${PATH_LIMIT} characters`;
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'control character in the name';
  if (path.includes('\ufffd')) return 'the name is not UTF-8';
  if (/^[/\\]|\\|^[A-Za-z]:/.test(path)) return 'not a relative path with forward slashes';
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'empty, . or .. segment';
  if (segments.some((segment) => DEVICE_NAME.test(segment) || /[. ]$/.test(segment)))
    return 'device name, or a name that ends in a dot or space';
  return null;
}
