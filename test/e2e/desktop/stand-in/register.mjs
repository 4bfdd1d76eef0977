import { register } from 'node:module';

// The built main process asks for `electron`; here it gets the stand-in.
register('./hooks.mjs', import.meta.url);
