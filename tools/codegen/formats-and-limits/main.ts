// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/formats-and-limits.md. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatFormatsAndLimits } from './document.ts';

writeFileSync(DOCUMENT, formatFormatsAndLimits());
