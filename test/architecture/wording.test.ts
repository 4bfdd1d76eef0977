import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../src-server/contract/routes.ts';
import { METERING_PREVIEW } from '../../src-server/contract/usage.ts';
import { type Offence, projectFiles, report, textOf } from './project-files.ts';
import { isProduction } from './source-kind.ts';
import {
  NOT_PROSE_PATHS,
  textsOfCode,
  textsOfDocument,
  textsOfJson,
  type VisibleText,
  wordOffences,
} from './wording.ts';

const files = projectFiles();
const judge = (texts: readonly VisibleText[]): Offence[] => texts.flatMap(wordOffences);

describe('what people read', () => {
  it('on screens, in answers and in the terminal', () => {
    const code = files.filter((path) => isProduction(path) && !NOT_PROSE_PATHS.has(path));
    const texts = code.flatMap((path) => textsOfCode(path, textOf(path)));
    expect(texts.length).toBeGreaterThan(2_000);
    expect(report(judge(texts))).toBe('');
  });

  it('in the README and the list of changes', () => {
    const texts = ['README.md', 'CHANGELOG.md'].flatMap((path) => textsOfDocument(path, textOf(path)));
    expect(report(judge(texts))).toBe('');
  });

  it('in the demo scenarios', () => {
    const scenarios = files.filter((path) => /^resources\/demo\/.*\.json$/.test(path));
    expect(scenarios.length).toBeGreaterThan(5);
    expect(report(judge(scenarios.flatMap((path) => textsOfJson(path, textOf(path)))))).toBe('');
  });

  it('and every file that is left out is still there', () => {
    expect([...NOT_PROSE_PATHS].filter((path) => !files.includes(path))).toEqual([]);
  });
});

describe('managed use is a metering preview', () => {
  it('in the summary of each of its routes and in each of its answers', () => {
    const routes = Object.entries(ROUTES).filter(([id]) => /^(usage|wallet|meter)/i.test(id));
    expect(routes.map(([id]) => id)).toEqual(['usage', 'wallet', 'walletTopUp']);
    for (const [id, route] of routes) {
      expect([id, route.summary]).toEqual([id, expect.stringMatching(/^Metering preview: /)]);
      const [answer] = Object.values(route.answers) as { shape?: Record<string, unknown> }[];
      expect(Object.keys(answer?.shape ?? {})).toContain('preview');
    }
    expect(METERING_PREVIEW).toMatch(/^Metering preview\. Managed use is metered only/);
  });
});

const says = (text: string) => wordOffences({ path: 'a.tsx', line: 1, text }).map(({ what }) => what);

describe('the rule of words', () => {
  it.each([
    ['You are billed monthly', 'billed'],
    ['Charges of this month', 'Charges'],
    ['The invoice is ready', 'invoice'],
    ['Find it in the marketplace', 'marketplace'],
    ['Purchase credits', 'Purchase'],
    ['A task is waiting', 'task'],
    ['Three workers are online', 'workers'],
    ['The node went away', 'node'],
    ['Nodes', 'Nodes'],
    ['Another machine took it', 'machine'],
    ['The agent is late', 'agent'],
  ])('finds in “%s” the word “%s”', (text, word) => {
    expect(says(text)).toEqual([`says “${word}”`]);
  });
  it.each([
    'Metering preview. Checkout is not connected, so nothing is charged.',
    'A laptop, a Docker host or a Kubernetes worker',
    'Needs Node 20 or newer: node out/cli.mjs serve',
    'Use this machine',
    'Governed agent jobs on compute that you operate',
    'The battery is low, so it is discharging',
  ])('allows “%s”', (text) => {
    expect(says(text)).toEqual([]);
  });
});

describe('the reader of texts', () => {
  it('finds strings, templates and text between tags, with their lines, and no names or codes', () => {
    const code =
      "const id = 'task';\nconst a = `A task of  b`;\nconst c = <p\n>The worker\n  waits</p>;\nconst d = 'Task';";
    const offences = judge(textsOfCode('a.tsx', code));
    expect(offences.map(({ line, what }) => [line, what])).toEqual([
      [2, 'says “task”'],
      [4, 'says “worker”'],
      [6, 'says “Task”'],
    ]);
  });
  it('reads documents without their commands, and each string of a JSON file', () => {
    const document = 'A task.\n```\nrun a task\n```\nWrite `task` or machine.';
    expect(judge(textsOfDocument('a.md', document)).map(({ line, what }) => [line, what])).toEqual([
      [1, 'says “task”'],
      [5, 'says “machine”'],
    ]);
    expect(judge(textsOfJson('a.json', '{\n"title": "Fix the worker"}')).map(({ line }) => line)).toEqual([2]);
  });
});
