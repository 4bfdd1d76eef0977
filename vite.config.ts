import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The browser console: what the control plane serves as static files. */
export default defineConfig({
  root: 'src-renderer',
  // Absolute, because deep links such as /dashboard/<workspace>/jobs/<job> are served with the same page.
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    // The content policy allows no data: scripts; small assets stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
  },
});
