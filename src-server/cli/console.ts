import { PLANE_FLAGS, parse } from './arguments.ts';
import { EXIT } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import type { Printer } from './printer.ts';

/** `console`: a fresh one-time sign-in link of the running plane. */
export async function consoleCommand(args: string[], printer: Printer): Promise<number> {
  const { values } = parse(args, PLANE_FLAGS);
  const address = await findPlane(values);
  const { code, expires_in_ms } = await new PlaneClient(address).call('signInCode', { body: {} });
  const url = `${address.url}/sign-in#${code}`;
  if (values.json) printer.json({ sign_in_url: url, expires_in_ms });
  else printer.line(`Console: ${url}`);
  return EXIT.ok;
}
