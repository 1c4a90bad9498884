// SPDX-License-Identifier: Apache-2.0
// The console's build. The manager hands in the nonce of each page: every `__CSP_NONCE__` of index.html is replaced (contract: console-page.ts).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compressedFiles } from './compressed-files.ts';
import { CONSOLE_NONCE_PLACEHOLDER } from '../../packages/contract/src/rest/console-page.ts';

export default defineConfig({
  plugins: [react(), compressedFiles()],
  html: { cspNonce: CONSOLE_NONCE_PLACEHOLDER },
  build: {
    target: 'es2023',
    // A data: URL for a small file would need another word in the content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: process.env['LAZARET_MANAGER'] ?? 'http://127.0.0.1:4443' } } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.tsx'],
    globals: false,
    setupFiles: ['./src/test-setup.ts'],
    // Vitest's own 5 s are for a machine that has nothing else to do.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
