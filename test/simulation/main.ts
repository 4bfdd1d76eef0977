import { SimulationFailure } from './simulated-plane.ts';
import { Simulation } from './simulation.ts';

/** `--seed N --steps M [--tight] [--trace]`: replays one seed and tells what happened. */
const argument = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const seed = argument('seed', 1);
const isTraced = process.argv.includes('--trace');
const simulation = new Simulation(seed, isTraced ? (line) => say(`${simulation.step} ${line}`) : null);
if (process.argv.includes('--tight')) simulation.operators.budgets = 'tight';
if (isTraced) {
  const { plane } = simulation;
  const noted = plane as unknown as {
    note(entry: { seq: number; ref: object; events: unknown[] }, line: Buffer): void;
  };
  const note = noted.note.bind(plane);
  noted.note = (entry, line) => {
    say(
      `${simulation.step} ${simulation.world.nowMs} entry ${entry.seq} ${JSON.stringify(entry.ref)} ${JSON.stringify(entry.events)}`,
    );
    note(entry, line);
  };
}
try {
  const result = await simulation.run(argument('steps', 2_000));
  say(JSON.stringify(result));
} catch (error) {
  say(`seed ${seed} failed at step ${simulation.step}, ${simulation.world.nowMs} ms`);
  say(error instanceof SimulationFailure ? error.message : String((error as Error).stack));
  process.exitCode = 1;
}
