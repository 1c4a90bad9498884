// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

export const PATTERNS: readonly Survivor[] = [
  ...same(
    'packages/patterns/src/format/pattern-files.ts',
    'neither text is the end of a pattern file',
    ["const [, extension = ''] = /\\.([^.]*)$/.exec(name.toLowerCase()) ?? [];", '"Stryker was here!"'],
    ["const [, extension = ''] = /\\.([^.]*)$/.exec(name.toLowerCase()) ?? [];", '["Stryker was here"]'],
  ),
];
