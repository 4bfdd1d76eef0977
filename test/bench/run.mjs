import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleBench } from './bundle.mjs';

// Each bench runs in a process of its own, so that none inherits the heap of another. Arguments name benches.
const BENCHES = [
  'pairs',
  'claim',
  'pick',
  'what-if',
  'replay',
  'snapshot',
  'evidence',
  'past',
  'poll',
  'http',
  'console',
];
const asked = process.argv.slice(2).filter((name) => BENCHES.includes(name));
const isQuick = process.argv.includes('--quick');
const base = process.env.BENCH_TMP ?? tmpdir();
mkdirSync(base, { recursive: true });
const directory = mkdtempSync(join(base, 'cc-bench-'));

const client = await bundleBench('http-client.ts');
const seed = await bundleBench('seed.ts');

/** @returns {Promise<{ rows: { row: string, value: number, unit: string, spread: string, goal: string, met: boolean | null }[] }>} */
async function run(/** @type {string} */ name) {
  const file = await bundleBench(`${name}.ts`);
  const output = join(directory, `${name}.json`);
  const child = spawn(process.execPath, ['--expose-gc', '--max-old-space-size=3000', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      BENCH_DIRECTORY: directory,
      BENCH_OUTPUT: output,
      BENCH_QUICK: isQuick ? '1' : '',
      BENCH_CLIENT: client,
      BENCH_SEED: seed,
    },
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the bench ${name} ended with ${code}`);
  return JSON.parse(readFileSync(output, 'utf8'));
}

const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};
const rows = [];
try {
  for (const name of asked.length > 0 ? asked : BENCHES) rows.push(...(await run(name)).rows);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
const report = { commit: commit(), date: new Date().toISOString(), command: 'npm run bench', machine, rows };
const out = join(import.meta.dirname, '../../out');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);

process.stdout.write(
  `\n${report.commit} · ${report.date} · ${machine.cpu}, ${machine.cores} cores · ${machine.node}\n\n`,
);
process.stdout.write('| Row | Measured | Spread | Goal | |\n|---|---|---|---|---|\n');
for (const { row, value, unit, spread, goal, met } of rows)
  process.stdout.write(
    `| ${row} | ${value} ${unit} | ${spread} | ${goal} | ${met === null ? '' : met ? 'met' : 'MISSED'} |\n`,
  );
const missed = rows.filter((r) => r.met === false).length;
process.stdout.write(`\n${rows.length} rows, ${missed} missed; written to out/bench.json\n`);
process.exitCode = missed === 0 ? 0 : 1;
