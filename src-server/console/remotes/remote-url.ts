import { ProblemError } from '../../contract/problems.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.has(hostname);
export const portOf = (url: URL): number =>
  url.port === '' ? (url.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT) : Number(url.port);

/**
 * The origin of a control plane elsewhere: https, or http to this machine itself. A path, a query or a user name would
 * lead calls somewhere else than what was looked at.
 * @throws ProblemError `remote.not_allowed`
 */
export function remoteOrigin(text: string): URL {
  const refuse = (detail: string): ProblemError =>
    new ProblemError('remote.not_allowed', detail, { errors: [{ pointer: '/url', message: detail }] });
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw refuse('Give the whole address, such as https://compute.example.com.');
  }
  if (url.username !== '' || url.password !== '')
    throw refuse('Leave user name and password out of the address; the token goes into its own field.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    throw refuse('Give an https:// address; plain http is taken for this machine itself only.');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw refuse(`Give the address without a path: ${url.origin}.`);
  return url;
}
