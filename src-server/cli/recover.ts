import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultAnchorDir } from '../plane/anchor.ts';
import { systemClock, systemTimers } from '../plane/clock.ts';
import { Host } from '../plane/host.ts';
import { replacePlaneKey } from '../plane/keys.ts';
import { systemRandom } from '../plane/random.ts';
import { parse } from './arguments.ts';
import { defaultDataDir } from './data-dir.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { openExit } from './open-exit.ts';
import type { Printer } from './printer.ts';
import { VERSION } from './version.ts';

const FLAGS = {
  'data-dir': { type: 'string' },
  'anchor-dir': { type: 'string' },
  'accept-rollback': { type: 'boolean' },
  reason: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const WARNING =
  'This gives up what was recorded after the copy was made, and the key of the control plane: every runner has to be enrolled again.';

/**
 * `recover`: goes on from an older copy of the data directory, knowingly. The log says so for ever, fencing tokens begin
 * far past all that were given out, and a new key takes the place of the one whose history has two ends.
 */
export async function recover(args: string[], printer: Printer): Promise<number> {
  const { values } = parse(args, FLAGS);
  const dataDir = resolve(values['data-dir'] ?? defaultDataDir());
  const reason = values.reason?.trim() ?? '';
  if (!existsSync(`${dataDir}/plane/log`))
    throw new ExitError(
      EXIT.input,
      `${dataDir} holds no data of a control plane. Give its folder with --data-dir DIR.`,
    );
  if (values['accept-rollback'] !== true || reason === '' || reason.length > 500)
    throw new ExitError(EXIT.usage, `${WARNING} To do it, give --accept-rollback --reason TEXT (1 to 500 characters).`);
  printer.note(WARNING);
  const host = await Host.open({
    dataDir,
    anchorDir: resolve(values['anchor-dir'] ?? defaultAnchorDir(process.env)),
    version: VERSION,
    hostedBy: 'serve',
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    acceptRollback: reason,
  }).catch((error: unknown) => {
    throw openExit(error, dataDir);
  });
  const workspaces = host.workspaces().map(({ workspaceId, workspace }) => ({
    workspace_id: workspaceId,
    entries: workspace.engine.nextSeq,
    fence: workspace.engine.state.head.fence,
  }));
  // The entries come first: a key that is new already would open the copy without them.
  await host.close();
  const key = replacePlaneKey(`${dataDir}/plane.key`);
  if (values.json) printer.json({ data_dir: dataDir, plane_key: key.fingerprint, workspaces });
  else {
    for (const { workspace_id: id, fence } of workspaces) printer.line(`${id}: fencing tokens go on after ${fence}.`);
    printer.line(`New key of the control plane: ${key.fingerprint}. Enroll every runner again, then start with serve.`);
  }
  return EXIT.ok;
}
