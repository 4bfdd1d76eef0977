import type { UpgradeArgs } from './args.ts';
import type { Clock } from './clock.ts';
import { sha256Hex, verifyMessage } from './ed25519.ts';
import { PlaneProblem, RunnerError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readIdentity } from './identity.ts';
import { PlaneClient } from './plane-client.ts';
import type { Printer } from './printer.ts';
import type { RunnerState } from './state-dir.ts';
import type { Surroundings } from './user-folders.ts';

/** A bootstrap has well under 1 MiB; what is longer is none. */
const BOOTSTRAP_LIMIT_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

const refused = (why: string): RunnerError =>
  new RunnerError(EXIT.data, `The runner that the plane serves is refused: ${why}. The kept one was not touched.`);

/** Fetches the served program into memory and holds it against the pinned key. Throws RunnerError 65. */
async function fetchSigned(client: PlaneClient, planePublicKey: string): Promise<Buffer> {
  const request = { method: 'GET' as const, path: '/api/v1/runner/bootstrap', timeoutMs: TIMEOUT_MS };
  const { bytes, headers } = await client.fetchBytes(request, BOOTSTRAP_LIMIT_BYTES).catch((error: unknown) => {
    if (error instanceof RangeError) throw refused('it is too long');
    if (error instanceof PlaneProblem && error.status < 400) throw refused('the plane sends elsewhere for it');
    throw error;
  });
  const signature = headers['cc-signature'];
  if (bytes.length === 0) throw refused('it is empty');
  if (typeof signature !== 'string') throw refused('it is not signed');
  const signed = `connected-compute/bootstrap/v1\n${sha256Hex(bytes)}`;
  if (!verifyMessage(planePublicKey, signed, signature)) throw refused('the pinned plane key did not sign it');
  return bytes;
}

/**
 * Replaces the kept program with the one that the plane serves now, when the pinned key signed it. Only this command does
 * so: a runner never changes itself. A `run` that is on goes on with the old one until it is started again.
 */
export async function upgrade(
  args: UpgradeArgs,
  { clock, printer, surroundings }: { clock: Clock; printer: Printer; surroundings: Surroundings },
): Promise<ExitCode> {
  const { stateDir, origin, planePublicKey, bootstrapSha256 } = readIdentity(args, surroundings);
  const client = new PlaneClient(origin, clock);
  try {
    const bytes = await fetchSigned(client, planePublicKey);
    const sha256 = sha256Hex(bytes);
    if (sha256 === bootstrapSha256) {
      printer.say(`The kept runner is the one that ${origin} serves (${sha256.slice(0, 12)}).`);
      return EXIT.ok;
    }
    // The program first: a crash between the two leaves a good program under an old digest, and a repeat mends it.
    stateDir.writeBootstrap(bytes);
    stateDir.write({ ...(stateDir.read() as RunnerState), bootstrap_sha256: sha256 });
    printer.say(
      `Upgraded from ${bootstrapSha256.slice(0, 12)} to ${sha256.slice(0, 12)}, signed by the pinned plane key.`,
    );
    printer.say('Start the runner again to use it.');
    return EXIT.ok;
  } finally {
    client.close();
  }
}
