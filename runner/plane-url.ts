import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The origin to dial. Plain http is taken for loopback only: elsewhere anybody on the way could read the credential.
 * Throws RunnerError 64 with what to write instead.
 */
export function planeOrigin(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new RunnerError(EXIT.usage, '--url must be an address like https://plane.example or http://127.0.0.1:4100.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new RunnerError(EXIT.usage, '--url must start with https:// (or http:// for loopback).');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || url.pathname !== '/') {
    throw new RunnerError(EXIT.usage, '--url must be the bare address of the plane, without path, query or password.');
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new RunnerError(
      EXIT.usage,
      `Plain http is refused for ${url.hostname}. Use the plane's https address; http serves 127.0.0.1 and localhost only.`,
    );
  }
  return url.origin;
}
