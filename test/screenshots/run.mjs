import { mkdirSync, rmSync } from 'node:fs';
import { rolldown } from 'rolldown';

// Plain Node cannot read TypeScript, and Playwright's own loader cannot read the files of text that the plane takes in.
const directory = `${import.meta.dirname}/../../node_modules/.cache/connected-compute`;
mkdirSync(directory, { recursive: true });
const file = `${directory}/screenshots-${process.pid}.mjs`;
const bundle = await rolldown({
  input: `${import.meta.dirname}/take.ts`,
  platform: 'node',
  moduleTypes: { '.py': 'text' },
  external: ['sql.js', 'stripe', '@playwright/test'],
});
await bundle.write({ file, format: 'esm', sourcemap: 'inline' });
await bundle.close();
process.on('exit', () => rmSync(file, { force: true }));
process.setSourceMapsEnabled(true);
await import(file);
