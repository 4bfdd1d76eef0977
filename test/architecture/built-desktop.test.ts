import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSource } from './parse-source.ts';
import { PROJECT_DIR } from './project-files.ts';

const MAIN = 'out/main/index.js';
const PRELOAD = 'out/preload/index.cjs';
const built = (path: string) => readFileSync(join(PROJECT_DIR, path), 'utf8');

beforeAll(() => {
  execFileSync(process.execPath, ['src-main/tooling/build.mjs', '--only', 'main', '--if-stale'], { cwd: PROJECT_DIR });
});

/** Modules that a built CommonJS file asks for. */
const required = (text: string): string[] =>
  [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

describe('the built main process', () => {
  it('is an ES module that needs only Node, Electron and what the package carries', () => {
    expect(existsSync(join(PROJECT_DIR, MAIN))).toBe(true);
    const specifiers = new Set(parseSource(MAIN, built(MAIN)).uses.map(({ specifier }) => specifier));
    const foreign = [...specifiers].filter(
      (name) => !name.startsWith('node:') && !['electron', 'electron-updater', 'zod'].includes(name),
    );
    expect(foreign).toEqual([]);
    expect(specifiers).toContain('electron');
    expect(required(built(MAIN))).toEqual([]);
  });

  it('hosts no part of the control plane itself', () => {
    expect(built(MAIN)).not.toMatch(/sql\.js|express\(/);
  });
});

describe('the built preload', () => {
  it('is CommonJS, because a sandboxed preload loads nothing else', () => {
    expect(built(PRELOAD)).not.toMatch(/^\s*(import|export)\b/m);
    expect(() => new Function('require', 'process', built(PRELOAD))).not.toThrow();
  });

  it('needs Electron alone, and carries no library', () => {
    expect(required(built(PRELOAD))).toEqual(['electron']);
    expect(built(PRELOAD).length).toBeLessThan(10_000);
  });

  it('puts exactly one object into the page, without a way to ipcRenderer', () => {
    const exposed: [string, Record<string, unknown>][] = [];
    const ipcRenderer = { invoke: () => {}, on: () => {}, removeListener: () => {} };
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, api: never) => exposed.push([name, api]) },
      ipcRenderer,
    };
    new Function('require', 'process', built(PRELOAD))(() => electron, { platform: 'linux' });
    expect(exposed.map(([name]) => name)).toEqual(['desktop']);
    expect(Object.keys(exposed[0]?.[1] ?? {}).sort()).toEqual(['call', 'on', 'platform']);
    expect(Object.values(exposed[0]?.[1] ?? {})).not.toContain(ipcRenderer);
  });
});
