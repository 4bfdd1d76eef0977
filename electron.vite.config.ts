import { defineConfig } from 'electron-vite';

/**
 * The desktop app's main process and its preload. The page itself is built by vite.config.ts: it is the same one that
 * the control plane serves to a browser.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      minify: false,
      lib: { entry: 'src-main/app/main.ts', formats: ['es'] },
      rolldownOptions: { output: { entryFileNames: 'index.js' } },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      minify: false,
      // CommonJS under its own ending: a sandboxed preload loads no ES module, and the package's type is "module".
      lib: { entry: 'src-main/preload/index.ts', formats: ['cjs'] },
      rolldownOptions: { output: { entryFileNames: 'index.cjs' } },
    },
  },
});
