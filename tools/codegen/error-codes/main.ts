// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/error-codes.md from the catalogue. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatErrorCodes } from './document.ts';

writeFileSync(DOCUMENT, formatErrorCodes());
