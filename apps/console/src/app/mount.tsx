// SPDX-License-Identifier: Apache-2.0
// Everything around the pages: colours, languages, cache, router.
import '@mantine/core/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchAttendance } from '../api/attendance.ts';
import { ApiError } from '../api/client.ts';
import { startLanguages } from '../i18n/index.ts';
import { readNonce, shareNonce } from './nonce.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

const RETRIES_MAX = 2;

/** What the manager refused is not asked again; what did not arrive is. */
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) =>
        !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < RETRIES_MAX,
    },
  },
});

export function mount(): void {
  const nonce = readNonce();
  shareNonce(nonce);
  startLanguages();
  watchAttendance(window);
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
