// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/policy.schema.json from the schema that checks a policy. A test beside fails when the committed document differs.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, formatPolicySchema } from './document.ts';

writeFileSync(DOCUMENT, formatPolicySchema());
