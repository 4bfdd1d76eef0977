/**
 * Where the machine of the server reaches it: always by a name that the guard of hosts lets in.
 * @param publicUrl without a trailing slash; null only when the server listens on loopback.
 */
export function ownUrl(listenHost: string, port: number, isTls: boolean, publicUrl: string | null): string {
  const scheme = isTls ? 'https' : 'http';
  switch (listenHost) {
    case '127.0.0.1':
    case '0.0.0.0':
    case '::':
      return `${scheme}://127.0.0.1:${port}`;
    case 'localhost':
    case '::1':
      return `${scheme}://localhost:${port}`;
    default:
      // One address of a network: nothing listens on loopback then.
      return publicUrl ?? `${scheme}://${listenHost}:${port}`;
  }
}
