/** What a profile of sandbox-exec depends on; absolute paths without quotes in them. */
export interface MacosProfileInput {
  workDir: string;
  tmpDir: string;
  home: string;
  /** The proxy's port on loopback, or null for no network at all. */
  proxyPort: number | null;
}

const quoted = (path: string): string => {
  if (/["\\\n]/.test(path)) throw new Error('A path with a quote cannot stand in a sandbox profile.');
  return `"${path}"`;
};

/**
 * The sandbox-exec profile of a confined job on macOS. Never tried on a Mac: nothing uses it, and a Mac's posture promises
 * nothing, until somebody has run the conformance suite with it there.
 */
export function macosProfile({ workDir, tmpDir, home, proxyPort }: MacosProfileInput): string {
  return [
    '(version 1)',
    '(deny default)',
    '(import "system.sb")',
    '(allow process-fork process-exec)',
    '(allow signal (target same-sandbox))',
    '(allow file-read* (subpath "/usr") (subpath "/bin") (subpath "/sbin") (subpath "/System") (subpath "/Library"))',
    '(allow file-read* (literal "/private/etc/hosts") (subpath "/private/etc/ssl") (literal "/dev/null"))',
    `(deny file-read* file-write* (subpath ${quoted(home)}))`,
    `(allow file-read* file-write* (subpath ${quoted(workDir)}) (subpath ${quoted(tmpDir)}))`,
    '(deny network*)',
    ...(proxyPort === null ? [] : [`(allow network-outbound (remote ip "localhost:${proxyPort}"))`]),
    '',
  ].join('\n');
}
