import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultAnchorDir } from '../plane/anchor.ts';
import { systemClock, systemTimers } from '../plane/clock.ts';
import { Host } from '../plane/host.ts';
import { readPlaneKey } from '../plane/keys.ts';
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
  json: { type: 'boolean' },
} as const;

/** `key show | rotate`: the key of the control plane. A rotation needs the plane stopped; its runners follow by themselves. */
export async function key(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb] = positionals;
  const dataDir = resolve(values['data-dir'] ?? defaultDataDir());
  if (verb !== 'show' && verb !== 'rotate') throw new ExitError(EXIT.usage, 'key takes show or rotate.');
  if (!existsSync(`${dataDir}/plane.key`))
    throw new ExitError(EXIT.input, `${dataDir} holds no key of a control plane. Give its folder with --data-dir DIR.`);
  if (verb === 'show') {
    const { fingerprint, publicKeyBase64 } = readPlaneKey(`${dataDir}/plane.key`);
    if (values.json) printer.json({ fingerprint, public_key: publicKeyBase64, kept_in: `${dataDir}/plane.key` });
    else printer.line(`${fingerprint}, in ${dataDir}/plane.key, readable by its owner only.`);
    return EXIT.ok;
  }
  const open = () =>
    Host.open({
      dataDir,
      anchorDir: resolve(values['anchor-dir'] ?? defaultAnchorDir(process.env)),
      version: VERSION,
      hostedBy: 'serve',
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
    }).catch((error: unknown) => {
      throw openExit(error, dataDir);
    });
  const host = await open();
  const before = host.key.fingerprint;
  const after = await host.rotateKey().finally(() => host.close());
  // A start puts the new key in force, signs the logs with it and keeps their heads outside under its name.
  const again = await open();
  await again.close();
  if (values.json) printer.json({ data_dir: dataDir, before, plane_key: after.fingerprint });
  else
    printer.line(
      `The key of the control plane was ${before} and is ${after.fingerprint}; the old one signed that. Runners follow at their next call; bundles verify with the new fingerprint from here on.`,
    );
  return EXIT.ok;
}
