import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { DEEP_LINK_SCHEME } from '../../src-main/links/deep-link.ts';
import { signingGaps } from '../../src-main/tooling/signing-gaps.mjs';
import { PROJECT_DIR, textOf } from './project-files.ts';

// The packager's own schema and YAML reader: what it will accept, not what we think it does.
const ofBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const libraryPackage = ofBuilder.resolve('app-builder-lib/package.json');
const yaml = createRequire(libraryPackage)('js-yaml') as { load(text: string): unknown };
const schema = JSON.parse(readFileSync(join(dirname(libraryPackage), 'scheme.json'), 'utf8'));
const isValid = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);
const config = yaml.load(textOf('electron-builder.yml')) as {
  files: string[];
  asar: boolean;
  afterPack: string;
  electronFuses: Record<string, boolean>;
  mac: { icon: string; entitlements: string };
  protocols: unknown;
  publish: unknown;
};

describe('electron-builder.yml', () => {
  it('is what the packager accepts', () => {
    isValid(config);
    expect(isValid.errors ?? []).toEqual([]);
  });

  it('would be refused with a misspelt key', () => {
    expect(isValid({ ...config, electronFuzes: {} })).toBe(false);
  });

  it('sets every fuse that keeps the app from being turned into something else', () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
    expect(config.asar).toBe(true);
  });

  it('takes named parts only, so that no source, test or key slips in', () => {
    const taken = config.files.filter((pattern) => !pattern.startsWith('!'));
    for (const pattern of taken)
      expect(pattern).toMatch(/^(out\/|package\.json$|LICENSE$|resources\/demo\/|resources\/icons\/icon\.png$)/);
    expect(taken).not.toContain('**/*');
  });

  it('takes links of one scheme, and asks no feed for updates until one is named', () => {
    expect(config.protocols).toEqual([{ name: 'Connected Compute', schemes: [DEEP_LINK_SCHEME] }]);
    expect(config.publish).toBeNull();
  });

  it('names files that exist', () => {
    for (const path of [config.afterPack, config.mac.icon, config.mac.entitlements]) {
      expect(existsSync(join(PROJECT_DIR, path)), path).toBe(true);
    }
  });
});

describe('what is missing for a signed release', () => {
  it('is said for each platform', () => {
    expect(signingGaps('darwin', {})).toHaveLength(2);
    expect(signingGaps('win32', {})[0]).toContain('CSC_LINK');
    expect(signingGaps('linux', {})).toEqual([]);
  });
  it('is nothing where all is set', () => {
    expect(signingGaps('darwin', { CSC_LINK: 'x', APPLE_API_KEY: 'y' })).toEqual([]);
    expect(signingGaps('win32', { WIN_CSC_LINK: 'x' })).toEqual([]);
  });
});
