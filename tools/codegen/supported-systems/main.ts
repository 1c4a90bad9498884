// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/supported-systems.md. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatSupportedSystems } from './document.ts';

writeFileSync(DOCUMENT, formatSupportedSystems());
