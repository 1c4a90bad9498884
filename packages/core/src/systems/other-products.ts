// SPDX-License-Identifier: Apache-2.0
// Other anti-virus products (SY-5). Two that answer the kernel about the same open wait for each other: so a product that intercepts is refused, one that
// merely runs is named. ClamAV's packages alone are none; its on-access scanner is.
import { OTHER_PRODUCTS } from './product-names.ts';

export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
  /** It has asked the kernel to be asked before files are opened. */
  readonly intercepts: boolean;
}

export interface FoundProduct {
  readonly name: string;
  readonly pid: number;
  readonly intercepts: boolean;
}

const OURS = /^lazaret/;

/** Each product once. A process that intercepts and that no list knows is named by itself: it is in the way whatever it is. */
export function findOtherProducts(processes: readonly SeenProcess[]): readonly FoundProduct[] {
  const found = new Map<string, FoundProduct>();
  for (const { pid, command, intercepts } of processes) {
    if (OURS.test(command)) continue;
    const known = OTHER_PRODUCTS.find((product) => product.processes.includes(command));
    if (known === undefined && !intercepts) continue;
    const name = known?.name ?? command;
    const before = found.get(name);
    if (before === undefined || (intercepts && !before.intercepts)) found.set(name, { name, pid, intercepts });
  }
  return [...found.values()].toSorted((left, right) => left.name.localeCompare(right.name, 'en'));
}
