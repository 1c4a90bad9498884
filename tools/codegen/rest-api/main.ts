// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/rest-api.{json,md}. A test beside fails when the committed documents differ.
import { writeFileSync } from 'node:fs';
import { formatJson, formatTable, JSON_DOCUMENT, readApi, TABLE_DOCUMENT } from './document.ts';

const document = await readApi();
writeFileSync(JSON_DOCUMENT, formatJson(document));
writeFileSync(TABLE_DOCUMENT, formatTable(document));
