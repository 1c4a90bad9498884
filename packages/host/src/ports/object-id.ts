// SPDX-License-Identifier: Apache-2.0
// Which object it is, whatever it is called: the answer to "the same as before?" and a key of maps. What it is made of is the system's affair.
declare const objectId: unique symbol;

/** Opaque. Two are equal exactly when they mean the same object in the same life: a file that took the number of one that is gone is another. */
export type ObjectId = string & { readonly [objectId]: true };

export function sameObject(one: ObjectId, other: ObjectId): boolean {
  return one === other;
}

/** What a system tells an object by. `handle` holds the generation of the number, where the file system keeps one. */
export interface ObjectMarks {
  readonly device: bigint;
  readonly inode: bigint;
  readonly handle: string | null;
}

export function objectOf({ device, inode, handle }: ObjectMarks): ObjectId {
  return `${device}:${inode}:${handle ?? ''}` as ObjectId;
}
