import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const EARLY = 'ask-early';
/**
 * The script that asks for the first answers stands alone, before the others: modules start when all that they import is
 * there, and the plane may as well work until then.
 */
const earlyScript: Plugin = {
  name: 'early-script',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.values(bundle ?? {}).flatMap((file) =>
        file.type === 'chunk' && file.name === EARLY
          ? [
              {
                tag: 'script',
                attrs: { type: 'module', crossorigin: true, src: `/${file.fileName}` },
                injectTo: 'head-prepend',
              },
            ]
          : [],
      ),
  },
};

/**
 * The order of the layers stands before all rules: the style sheet is put together in the order of the scripts' pieces, and the
 * first file in it that names a layer would decide else.
 */
const layersFirst: Plugin = {
  name: 'layers-first',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const order = readFileSync(join(import.meta.dirname, 'src-renderer/styles/layers.css'), 'utf8');
      for (const file of Object.values(bundle))
        if (file.type === 'asset' && file.fileName.endsWith('.css')) file.source = `${order}${file.source}`;
    },
  },
};

/** The browser console: what the control plane serves as static files. */
export default defineConfig({
  root: 'src-renderer',
  // Absolute, because deep links such as /dashboard/<workspace>/jobs/<job> are served with the same page.
  base: '/',
  plugins: [react(), earlyScript, layersFirst],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    // The content policy allows no data: scripts; small assets stay files.
    assetsInlineLimit: 0,
    // One request for all of it: a screen that comes later brings no style that the others do not have.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: EARLY, test: /src-renderer.(ask-early|api.(early-answers|session-key))\.ts$/ }],
        },
      },
    },
  },
});
