// SPDX-License-Identifier: Apache-2.0
// The entry. What must be true before any other module runs is done here; the rest is imported behind it.
import { config } from 'zod';

// zod would try `new Function` for speed, which the content security policy refuses and reports.
config({ jitless: true });

// core speaks Temporal; a browser without it gets it from a chunk of its own.
if (!('Temporal' in globalThis)) await import('temporal-polyfill/global');
const { mount } = await import('./app/mount.tsx');
mount();
