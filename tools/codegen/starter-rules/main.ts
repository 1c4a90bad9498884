// SPDX-License-Identifier: Apache-2.0
// Writes patterns/starter/README.md from the rules. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatStarterRules } from './document.ts';

writeFileSync(DOCUMENT, formatStarterRules());
