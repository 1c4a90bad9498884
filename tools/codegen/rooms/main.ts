// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/rooms.md from the imports of the sources. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatRooms } from './document.ts';

writeFileSync(DOCUMENT, formatRooms());
