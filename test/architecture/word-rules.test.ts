import { describe, expect, it } from 'vitest';
import { type ParsedSource, parseSource } from './parse-source.ts';
import { type Offence, projectFiles, report, textOf } from './project-files.ts';
import { isProduction, isSource } from './source-kind.ts';
import { castOffences, commentOffences, consoleOffences, sqlOffences, timeOffences } from './word-rules.ts';

const files = projectFiles().filter(isSource);
const sources = files.map((path) => parseSource(path, textOf(path)));
const production = sources.filter(({ path }) => isProduction(path));
const judge = (among: readonly ParsedSource[], rule: (source: ParsedSource) => Offence[]) =>
  report(among.flatMap(rule));

describe('this project', () => {
  it('reads clocks, draws lots and sets timers only in their modules', () => {
    expect(judge(production, timeOffences)).toBe('');
  });
  it('prints only in loggers and printers', () => {
    expect(judge(production, consoleOffences)).toBe('');
  });
  it('holds SQL only in the state folder', () => {
    expect(judge(production, sqlOffences)).toBe('');
  });
  it('holds no note to oneself and no silenced check', () => {
    expect(judge(sources, commentOffences)).toBe('');
  });
  it('casts no type away', () => {
    expect(report(sources.flatMap((source) => castOffences(source.path, textOf(source.path), source)))).toBe('');
  });
});

const found = (rule: (source: ParsedSource) => Offence[], path: string, code: string) =>
  rule(parseSource(path, code)).map(({ what }) => what);

describe('the rule of time and chance', () => {
  it.each([
    'const a = Date.now();',
    'const a = new Date();',
    'const a = new Date;',
    'const a = Math.random();',
    'const a = performance.now();',
    'const a = process.hrtime.bigint();',
    'setTimeout(() => {}, 5);',
    'setInterval(run, 5);',
    'window.setTimeout(run, 5);',
    "import { randomUUID } from 'node:crypto'; randomUUID();",
    'crypto.randomUUID();',
    'const now = Date.now;',
    "import { setTimeout as sleep } from 'node:timers/promises';",
  ])('finds %s', (code) => {
    expect(found(timeOffences, 'src-server/plane/sweep.ts', code)).toHaveLength(1);
    expect(found(timeOffences, 'src-server/plane/clock.ts', code)).toEqual([]);
  });
  it.each([
    'const a = new Date(wallMs).toISOString();',
    'clock.now();',
    'const text = "Date.now()"; // Math.random() is not used',
    'timers.setTimeout(run, 5);',
    'const at = Date.parse(text);',
  ])('allows %s', (code) => {
    expect(found(timeOffences, 'src-server/plane/sweep.ts', code)).toEqual([]);
  });
});

it('finds a console outside of loggers and printers', () => {
  expect(found(consoleOffences, 'src-server/plane/a.ts', "console.log('x');")).toEqual(['uses console.log']);
  expect(found(consoleOffences, 'src-server/cli/printer.ts', "console.log('x');")).toEqual([]);
  expect(found(consoleOffences, 'src-server/plane/a.ts', "const word = 'console.log';")).toEqual([]);
});

describe('the rule of SQL', () => {
  it.each([
    "db.exec('SELECT id FROM jobs WHERE state = ?');",
    'db.exec(`INSERT INTO jobs (id) VALUES (1)`);',
    "const q = 'INSERT OR REPLACE INTO jobs VALUES (1)';",
    "const q = 'UPDATE jobs SET state = 1';",
    "const q = 'DELETE FROM jobs';",
    "const q = 'CREATE TABLE jobs (id)';",
    "const q = 'CREATE UNIQUE INDEX i ON jobs (id)';",
    "const q = 'PRAGMA user_version';",
    'const q = `SELECT *\n  FROM jobs`;',
  ])('finds %s', (code) => {
    expect(found(sqlOffences, 'src-server/plane/a.ts', code)).toEqual(['holds SQL']);
    expect(found(sqlOffences, 'src-server/state/queries/a.ts', code)).toEqual([]);
  });
  it.each([
    "const text = 'Select a source from the list';",
    "const text = 'DELETE';",
    "const text = 'Update the runner and set its labels';",
    '// SELECT id FROM jobs\nconst a = 1;',
  ])('allows %s', (code) => {
    expect(found(sqlOffences, 'src-server/plane/a.ts', code)).toEqual([]);
  });
});

describe('the rules of comments and casts', () => {
  const note = ['TO', 'DO'].join('');
  it('finds notes and silenced checks, in comments only', () => {
    expect(found(commentOffences, 'a.ts', `// ${note}: later`)).toHaveLength(1);
    expect(found(commentOffences, 'a.ts', `/* ${['FIX', 'ME'].join('')} */`)).toHaveLength(1);
    expect(found(commentOffences, 'a.ts', `// @ts-${'ignore'}\nx;`)).toHaveLength(1);
    expect(found(commentOffences, 'a.ts', `const ${note.toLowerCase()}s = '${note}';`)).toEqual([]);
  });

  const casts = (code: string) => castOffences('a.ts', code, parseSource('a.ts', code)).length;
  const nothing = ['an', 'y'].join('');
  it('finds casts and annotations', () => {
    expect(casts(`const a = b as ${nothing};`)).toBe(1);
    expect(casts(`function f(a: ${nothing}, b: string) {}`)).toBe(1);
    expect(casts(`const a: Array<${nothing}> = [];`)).toBe(1);
  });
  it('allows the word elsewhere', () => {
    expect(casts(`// as ${nothing} reader knows\nconst a = 'as ${nothing}';`)).toBe(0);
    expect(casts(`const ${nothing}thing: unknown = 1;`)).toBe(0);
  });
});
