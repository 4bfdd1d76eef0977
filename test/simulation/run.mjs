import { rmSync } from 'node:fs';
import { bundleScript } from './bundle.mjs';

// One seed in this process; arguments go to main.ts.
const file = await bundleScript('main.ts');
process.on('exit', () => rmSync(file, { force: true }));
process.setSourceMapsEnabled(true);
await import(file);
