// SPDX-License-Identifier: Apache-2.0
// chattr's flags of a file, by their letters in lsattr: which of them a restore sets, and when. Pure.

interface InodeFlag {
  readonly letter: string;
  readonly bit: number;
  /** `first`: only while the file is empty. `last`: nothing can be done to the file any more, or it could not get its name. `never`: the kernel's own. */
  readonly set: 'first' | 'dress' | 'last' | 'never';
}

const FLAGS: readonly InodeFlag[] = [
  { letter: 's', bit: 0x1, set: 'dress' },
  { letter: 'u', bit: 0x2, set: 'dress' },
  { letter: 'c', bit: 0x4, set: 'first' },
  { letter: 'S', bit: 0x8, set: 'dress' },
  { letter: 'i', bit: 0x10, set: 'last' },
  { letter: 'a', bit: 0x20, set: 'last' },
  { letter: 'd', bit: 0x40, set: 'dress' },
  { letter: 'A', bit: 0x80, set: 'dress' },
  { letter: 'm', bit: 0x400, set: 'first' },
  { letter: 'E', bit: 0x800, set: 'never' },
  { letter: 'j', bit: 0x4000, set: 'dress' },
  { letter: 't', bit: 0x8000, set: 'dress' },
  { letter: 'D', bit: 0x1_0000, set: 'dress' },
  { letter: 'T', bit: 0x2_0000, set: 'dress' },
  { letter: 'V', bit: 0x10_0000, set: 'never' },
  { letter: 'C', bit: 0x80_0000, set: 'first' },
  { letter: 'x', bit: 0x200_0000, set: 'dress' },
  { letter: 'P', bit: 0x2000_0000, set: 'dress' },
];

/** The bits that are set at this time. */
export function flagsSetAt(time: InodeFlag['set']): readonly number[] {
  return FLAGS.filter(({ set }) => set === time).map(({ bit }) => bit);
}

/** As lsattr has them; a flag that the kernel gives by itself (extents, inline data) has none here. */
export function flagLetters(flags: number): string {
  return FLAGS.filter(({ bit }) => (flags & bit) !== 0)
    .map(({ letter }) => letter)
    .join('');
}
