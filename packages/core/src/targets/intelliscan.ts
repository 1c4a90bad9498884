// SPDX-License-Identifier: Apache-2.0
// IntelliScan (RT-3b): which outer files are scanned by what they are, not by what they are called. Both lists come with the release (RT-3d).
import { foldCase } from '../text/case-fold.ts';

/** The release's lists. `listedNames`: `.php` is an extension, `crontab` a whole name; without regard to case. */
export interface IntelliScanLists {
  /** True types, found by content, that are always scanned. */
  readonly types: readonly string[];
  /** Kinds of text without a signature: scanned when the name is listed too. */
  readonly textTypes: readonly string[];
  readonly listedNames: readonly string[];
}

/** What the scanner holds a file's true type against; `nameListed` goes with each file. */
export interface TypeRule {
  readonly types: readonly string[];
  readonly textTypes: readonly string[];
}

export interface IntelliScan {
  readonly typeRule: TypeRule;
  nameListed(name: string): boolean;
}

export function compileIntelliScan(lists: IntelliScanLists): IntelliScan {
  const { whole, extensions } = splitListedNames(lists.listedNames);
  return {
    typeRule: { types: [...lists.types], textTypes: [...lists.textTypes] },
    nameListed: (name) => hasListedName(whole, extensions, foldCase(name)),
  };
}

/** The list as it is looked up: whole names, and extensions with their leading dot; both folded. */
export function splitListedNames(listedNames: readonly string[]): {
  readonly whole: ReadonlySet<string>;
  readonly extensions: ReadonlySet<string>;
} {
  const names = listedNames.map(foldCase);
  return {
    whole: new Set(names.filter((name) => !name.startsWith('.'))),
    extensions: new Set(names.filter((name) => name.startsWith('.'))),
  };
}

function hasListedName(whole: ReadonlySet<string>, extensions: ReadonlySet<string>, name: string): boolean {
  if (whole.has(name)) return true;
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (extensions.has(name.slice(dot))) return true;
  }
  return false;
}

/** The scanner's decision, said once in script too: a listed name can only add (RT-3e: a wrong name never takes a file out). */
export function isTypeInScope(rule: TypeRule, trueType: string, nameListed: boolean): boolean {
  return rule.types.includes(trueType) || (nameListed && rule.textTypes.includes(trueType));
}
