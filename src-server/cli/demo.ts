import { play } from '../demo/play.ts';
import type { Scenario } from '../demo/scenario.ts';
import { SCENARIOS } from '../demo/scenarios.ts';
import type { Told } from '../demo/stage.ts';
import { systemTimers } from '../plane/clock.ts';
import { parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  scenario: { type: 'string' },
  speed: { type: 'string' },
  list: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
const MARK: Readonly<Record<Told['kind'], string>> = { story: '', event: '    ', check: '  ✓ ', broken: '  ✗ ' };

/** `demo`: plays one scenario, or all; 0 only when every expectation held and the log verified. */
export async function demo(args: string[], printer: Printer): Promise<number> {
  const { values } = parse(args, FLAGS);
  if (values.list) {
    if (values.json) printer.json(SCENARIOS.map(({ name, title, about }) => ({ name, title, about })));
    else for (const line of table(SCENARIOS.map((s) => [s.name, s.about]))) printer.line(line);
    return EXIT.ok;
  }
  const chosen = values.scenario === undefined ? SCENARIOS : SCENARIOS.filter((s) => s.name === values.scenario);
  if (chosen.length === 0)
    throw new ExitError(
      EXIT.usage,
      `There is no scenario ${values.scenario}. See them with: connected-compute demo --list`,
    );
  const speed = wholeNumber('speed', values.speed, 1, 100_000, 0);
  const pace = (ms: number): Promise<void> =>
    speed === 0 ? Promise.resolve() : new Promise((resolve) => systemTimers.after(ms / speed, resolve));
  let isGood = true;
  for (const story of chosen) isGood = (await playOne(story, printer, values.json ?? false, pace)) && isGood;
  return isGood ? EXIT.ok : EXIT.failed;
}

async function playOne(
  story: Scenario,
  printer: Printer,
  json: boolean,
  pace: (ms: number) => Promise<void>,
): Promise<boolean> {
  const tell = (line: Told): void => {
    if (json) printer.json({ scenario: story.name, ...line });
    else printer.line(`${line.at.slice(11, 19)}  ${MARK[line.kind]}${line.text}`);
  };
  if (!json)
    printer.line(
      `\n${story.title}\n${story.about}\nDemo data, on a virtual clock: nothing is written to your ledger.\n`,
    );
  const played = await play(story, tell, pace);
  const verdict = played.isGood
    ? `All ${played.checks} expectations held over ${played.entries} entries.`
    : `${played.broken.length} of ${played.checks} expectations did not hold: ${played.broken.join('; ')}.`;
  if (json) printer.json({ scenario: story.name, ...played });
  else printer.line(`\n${verdict}`);
  return played.isGood;
}
