import { existsSync } from 'node:fs';
import { defaultAnchorDir } from '../plane/anchor.ts';
import { parse } from './arguments.ts';
import { defaultDataDir } from './data-dir.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { inspect } from './inspect-data.ts';
import type { Printer } from './printer.ts';

const FLAGS = {
  'data-dir': { type: 'string' },
  'anchor-dir': { type: 'string' },
  deep: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** `doctor`: is this data directory whole? `--deep` recomputes every invariant from the log. Works with the plane up or down. */
export async function doctor(args: string[], printer: Printer): Promise<number> {
  const { values } = parse(args, FLAGS);
  const dataDir = values['data-dir'] ?? defaultDataDir();
  if (!existsSync(`${dataDir}/log`))
    throw new ExitError(
      EXIT.input,
      `${dataDir} holds no data of a control plane. Give its folder with --data-dir DIR.`,
    );
  const anchorDir = values['anchor-dir'] ?? defaultAnchorDir(process.env);
  const checks = await inspect(dataDir, values.deep ?? false, (sentence) => printer.note(sentence), anchorDir);
  const failed = checks.filter((c) => !c.passed);
  if (values.json) printer.json({ data_dir: dataDir, passed: failed.length === 0, checks });
  else {
    for (const check of checks) printer.line(`${check.passed ? '✓' : '✗'} ${check.id}: ${check.detail}`);
    printer.line(
      failed.length === 0
        ? `Doctor: ${checks.length} of ${checks.length} passed.`
        : `Doctor: ${checks.length - failed.length} of ${checks.length} passed.`,
    );
  }
  return failed.length === 0 ? EXIT.ok : EXIT.failed;
}
