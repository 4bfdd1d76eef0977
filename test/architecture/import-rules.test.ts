import { describe, expect, it } from 'vitest';
import {
  barrelOffences,
  electronOffences,
  FOLDER_RULES,
  importCycles,
  importOffences,
  targetPath,
} from './import-rules.ts';
import { type ParsedSource, parseSource } from './parse-source.ts';
import { projectFiles, report, textOf } from './project-files.ts';
import { isProduction, isSource } from './source-kind.ts';

const sources = projectFiles()
  .filter(isSource)
  .map((path) => parseSource(path, textOf(path)));
const production = sources.filter(({ path }) => isProduction(path));
const judge = (rule: (source: ParsedSource) => { path: string; line: number; what: string; mend: string }[]) =>
  report(production.flatMap(rule));

describe('this project', () => {
  it('is looked at', () => {
    expect(production.length).toBeGreaterThan(50);
  });
  it('imports only what each folder may', () => {
    expect(judge((source) => importOffences(source))).toBe('');
  });
  it('imports electron only in src-main', () => {
    expect(report(sources.flatMap(electronOffences))).toBe('');
  });
  it('has no import cycle', () => {
    expect(importCycles(production).join('\n')).toBe('');
  });
  it('has no barrel', () => {
    expect(judge(barrelOffences)).toBe('');
  });
  it('imports only files that exist, with their ending', () => {
    const known = new Set(projectFiles());
    const missing = sources.flatMap(({ path, uses }) =>
      uses.flatMap((use) => {
        const target = targetPath(path, use.specifier);
        // What is built is not tracked.
        return target === null || known.has(target) || target.startsWith('out/')
          ? []
          : [`${path}:${use.line} ${use.specifier}`];
      }),
    );
    expect(missing.join('\n')).toBe('');
  });
  it('has a line of the table for every folder of production code', () => {
    const ruled = production.filter(({ path }) => FOLDER_RULES.some(({ folder }) => path.startsWith(`${folder}/`)));
    expect(ruled.length).toBe(production.length);
  });
});

describe('the rule of imports', () => {
  const offences = (path: string, code: string) => importOffences(parseSource(path, code));

  it.each([
    ['src-server/contract/a.ts', "import { z } from 'zod'; import './b.ts';"],
    ['src-server/domain/jobs/a.ts', "import { x } from '../../contract/job.ts'; import '../leases/b.ts';"],
    ['src-server/ledger/a.ts', "import { createHash } from 'node:crypto';"],
    ['src-server/state/a.ts', "import initSqlJs from 'sql.js';"],
    ['src-server/plane/views/a.ts', "import type { z } from 'zod';"],
    ['src-server/http/a.ts', "import express from 'express'; import '../plane/plane.ts';"],
    ['src-server/cli/a.ts', "import '../http/app.ts'; import '../state/state.ts'; import 'node:http';"],
    [
      'src-main/app/a.ts',
      "import { app } from 'electron'; import '../plane/b.ts'; import '../../src-server/public.ts';",
    ],
    ['src-renderer/pages/a.tsx', "import { useState } from 'react'; import '../../src-server/contract/job.ts';"],
    ['runner/a.ts', "import 'node:https'; import type { Job } from '../src-server/contract/job.ts';"],
    ['runner/a.test.ts', "import { expect } from 'vitest'; import './testing/x.ts';"],
  ])('allows %s: %s', (path, code) => {
    expect(offences(path, code)).toEqual([]);
  });

  it.each([
    ['src-server/contract/a.ts', "import 'node:fs';"],
    ['src-server/contract/a.ts', "import '../domain/jobs/x.ts';"],
    ['src-server/domain/jobs/a.ts', "import { createHash } from 'node:crypto';"],
    ['src-server/domain/jobs/a.ts', "import '../../state/state.ts';"],
    ['src-server/domain/jobs/a.ts', "import type { State } from '../../state/state.ts';"],
    ['src-server/ledger/a.ts', "import 'node:http';"],
    ['src-server/ledger/a.ts', "import { readFileSync } from 'fs';"],
    ['src-server/state/a.ts', "import express from 'express';"],
    ['src-server/plane/a.ts', "import '../http/app.ts';"],
    ['src-server/plane/views/a.ts', "import { z } from 'zod';"],
    ['src-server/plane/a.ts', "import initSqlJs from 'sql.js';"],
    ['src-server/http/a.ts', "import '../state/queries/jobs.ts';"],
    ['src-main/app/a.ts', "import '../../src-server/plane/plane.ts';"],
    ['src-main/preload/a.ts', "import { IPC_CALLS } from '../../src-server/contract/ipc.ts';"],
    ['src-renderer/pages/a.tsx', "import fs from 'node:fs';"],
    ['src-renderer/pages/a.tsx', "import express from 'express';"],
    ['src-renderer/pages/a.tsx', "import '../../src-server/domain/jobs/x.ts';"],
    ['src-renderer/pages/a.tsx', "const x = await import('../../src-server/plane/plane.ts');"],
    ['runner/a.ts', "import { job } from '../src-server/contract/job.ts';"],
    ['runner/a.ts', "import { z } from 'zod';"],
    ['runner/a.ts', "export { z } from 'zod';"],
    ['runner/a.ts', "import { helper } from '../test/helpers/x.ts';"],
    ['runner/a.ts', "import { fake } from './testing/fake.ts';"],
    ['src-server/cli/a.ts', "import { z } from './main.test.ts';"],
  ])('refuses %s: %s', (path, code) => {
    const found = offences(path, code);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path, line: 1 });
    expect(found[0]?.mend).not.toBe('');
  });

  it('names the line', () => {
    expect(offences('runner/a.ts', "import 'node:fs';\n\nimport 'zod';")[0]?.line).toBe(3);
  });
});

it('finds electron outside of src-main, in tests too', () => {
  expect(electronOffences(parseSource('test/e2e/a.test.ts', "import { app } from 'electron';"))).toHaveLength(1);
  expect(electronOffences(parseSource('src-main/app/a.ts', "import { app } from 'electron';"))).toEqual([]);
});

describe('the rule of cycles', () => {
  const cycles = (files: Record<string, string>) =>
    importCycles(Object.entries(files).map(([path, code]) => parseSource(path, code)));

  it('finds a ring once, wherever it is entered', () => {
    const ring = {
      'a.ts': "import './b.ts';",
      'b.ts': "import './c.ts';",
      'c.ts': "import './a.ts';",
      'd.ts': "import './b.ts';",
    };
    expect(cycles(ring)).toEqual(['a.ts → b.ts → c.ts → a.ts']);
  });
  it('finds a file that imports itself', () => {
    expect(cycles({ 'a.ts': "import './a.ts';" })).toHaveLength(1);
  });
  it('allows a diamond, and a ring of types', () => {
    const diamond = {
      'a.ts': "import './b.ts'; import './c.ts';",
      'b.ts': "import './d.ts';",
      'c.ts': "import './d.ts';",
      'd.ts': '',
    };
    expect(cycles(diamond)).toEqual([]);
    expect(cycles({ 'a.ts': "import type { B } from './b.ts';", 'b.ts': "import './a.ts';" })).toEqual([]);
  });
});

describe('the rule of barrels', () => {
  const isBarrel = (code: string) => barrelOffences(parseSource('a.ts', code)).length === 1;
  it('finds files that only hand on', () => {
    expect(isBarrel("export * from './b.ts';\nexport { c } from './c.ts';")).toBe(true);
    expect(isBarrel("import { c } from './c.ts';\nexport { c };")).toBe(true);
  });
  it('allows a file with a statement of its own', () => {
    expect(isBarrel("export * from './b.ts';\nexport const own = 1;")).toBe(false);
    expect(isBarrel("import './setup.ts';")).toBe(false);
  });
});
