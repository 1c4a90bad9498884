// SPDX-License-Identifier: Apache-2.0
// `npm run rules`, a part of ./check: which way imports go. Exit code 1 on a violation, and on a file that was not read.
import { cruise } from './cruise.ts';

const { violations, unread, modules } = cruise(process.cwd());
for (const { rule, from, to } of violations) console.error(`${rule}: ${from} → ${to}`);
for (const path of unread) console.error(`not read by the cruiser: ${path}`);
console.log(`${modules} modules, ${violations.length} violations, ${unread.length} files not read`);
if (modules === 0 || violations.length + unread.length > 0) process.exitCode = 1;
