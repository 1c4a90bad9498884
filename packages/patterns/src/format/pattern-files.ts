// SPDX-License-Identifier: Apache-2.0
// Decides which files of a directory are patterns. The list is the engine's: what it does not read must not count as protection.

/** File name endings that libclamav 1.4 loads (its manual, "Signature formats"); databases in containers first. */
const CLAMAV_EXTENSIONS: ReadonlySet<string> = new Set([
  'cvd',
  'cld',
  'cud',
  'hdb',
  'hsb',
  'mdb',
  'msb',
  'imp',
  'hdu',
  'hsu',
  'mdu',
  'msu',
  'ndb',
  'ndu',
  'ldb',
  'ldu',
  'cdb',
  'idb',
  'crb',
  'pdb',
  'gdb',
  'wdb',
  'fp',
  'sfp',
  'ign',
  'ign2',
  'ftm',
  'cfg',
  'info',
  'pwdb',
]);

const YARA_EXTENSIONS: ReadonlySet<string> = new Set(['yar', 'yara']);

/** Tables of a release beside its patterns: what a type, a kind of threat and the recommended action are, and which names are the tenant's own. */
export const TABLE_FILES = {
  types: 'types.json',
  kinds: 'kinds.json',
  actions: 'actions.json',
  tenant: 'tenant.json',
} as const;

export type PatternFileKind = 'clamav' | 'yara' | 'table' | 'other';

/** What a file of a pattern directory is, by its name alone. */
export function classifyPatternFile(name: string): PatternFileKind {
  if ((Object.values(TABLE_FILES) as readonly string[]).includes(name)) return 'table';
  // With its dot: a file that is called `hdb` has no ending, and no engine reads it.
  const [, extension = ''] = /\.([^.]*)$/.exec(name.toLowerCase()) ?? [];
  if (CLAMAV_EXTENSIONS.has(extension)) return 'clamav';
  return YARA_EXTENSIONS.has(extension) ? 'yara' : 'other';
}

/** What the engine loads: tables alone protect nobody. */
export function isPattern(name: string): boolean {
  return ['clamav', 'yara'].includes(classifyPatternFile(name));
}

export function isPatternOfClamav(name: string): boolean {
  return classifyPatternFile(name) === 'clamav';
}

export interface ListedFile {
  readonly name: string;
  readonly kind: Exclude<PatternFileKind, 'other'>;
}

/** Of the names in a directory those that a release is made of, in their order. */
export function listReleaseFiles(names: readonly string[]): readonly ListedFile[] {
  return names.flatMap((name) => {
    const kind = classifyPatternFile(name);
    return kind === 'other' ? [] : [{ name, kind }];
  });
}
