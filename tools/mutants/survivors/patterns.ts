// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

export const PATTERNS: readonly Survivor[] = [
  ...same(
    'packages/patterns/src/format/pattern-files.ts',
    'neither text is the end of a pattern file',
    ["const [, extension = ''] = /\\.([^.]*)$/.exec(name.toLowerCase()) ?? [];", '"Stryker was here!"'],
    ["const [, extension = ''] = /\\.([^.]*)$/.exec(name.toLowerCase()) ?? [];", '["Stryker was here"]'],
  ),
  ...same('packages/patterns/src/sources/own-signatures.ts', 'what matched has its part', [
    "const rules = [...body.matchAll(/\\brule(?=\\s+(\\w{1,128}))/g)].map(([, rule]) => `${YARA_NAME}${rule ?? ''}`);",
    '"Stryker was here!"',
  ]),
  ...same(
    'packages/patterns/src/format/tables.ts',
    'a fault has its words, and its code is not told',
    [
      "const why = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? '') : (cause as Error).message;",
      '"Stryker was here!"',
    ],
    [
      "const why = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? '') : (cause as Error).message;",
      'cause.issues[0].message',
    ],
    ["for (const message of findActionTableFaults(table)) context.addIssue({ code: 'custom', message });", '""'],
  ),
];
