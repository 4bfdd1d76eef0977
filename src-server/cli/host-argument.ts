import type { NetworkGrant } from '../contract/admission.ts';
import { EXIT, ExitError } from './exit-codes.ts';

/** `--host registry.lan:443`. @throws ExitError 64 for anything else. */
export function hostOf(text: string): NetworkGrant {
  const [, host, port] = /^([^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined)
    throw new ExitError(EXIT.usage, `--host takes HOST:PORT, like registry.lan:443, not ${text}.`);
  return { host, port: Number(port) };
}
