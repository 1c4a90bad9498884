// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/rooms.md from the imports of the sources, and the map of files in ARCHITECTURE.md. A test beside fails when a committed one differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatRooms } from './document.ts';
import { ARCHITECTURE, formatArchitecture } from './files.ts';

writeFileSync(DOCUMENT, formatRooms());
writeFileSync(ARCHITECTURE, formatArchitecture());
