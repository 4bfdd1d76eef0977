const SOURCE = /^(src-main|src-renderer|src-server|runner|test)\/.*\.(ts|tsx|mts|mjs|js)$/;
const TEST = /\.(test|conformance)\.(ts|tsx|mjs)$|^test\/|\/testing\//;

/** Code of ours, tests included. */
export const isSource = (path: string): boolean => SOURCE.test(path);
/**
 * Tests, and what only tests use: `test/`, `name.test.ts`, `name.conformance.ts` (run by the tests of each engine), folders
 * named `testing`.
 */
export const isTestCode = (path: string): boolean => TEST.test(path);
/** Code that is part of the product. */
export const isProduction = (path: string): boolean => isSource(path) && !isTestCode(path);
