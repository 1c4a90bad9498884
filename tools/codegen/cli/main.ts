// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/cli.md. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatCli } from './document.ts';

writeFileSync(DOCUMENT, formatCli());
