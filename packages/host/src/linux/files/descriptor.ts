// SPDX-License-Identifier: Apache-2.0
// A descriptor that knows whether it is still open. Owns it from the constructor to close().
import { closeSync } from 'node:fs';
import { describe, protection } from '@lazaret/safefs';
import type { Described } from '../../ports/file-facts.ts';
import { objectOf } from '../../ports/object-id.ts';
import type { OpenObject } from '../../ports/open-file.ts';
import { nameOfDescriptor } from './descriptor-path.ts';

export class OpenDescriptor implements OpenObject {
  #descriptor: number | null;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get descriptor(): number {
    if (this.#descriptor === null) throw Object.assign(new Error('EBADF: it was closed'), { code: 'EBADF' });
    return this.#descriptor;
  }

  get isOpen(): boolean {
    return this.#descriptor !== null;
  }

  /** Forgets the number first: another open may be given it at once. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) closeSync(descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  describe(): Described {
    return describedAs(describe(this.descriptor));
  }

  place(): Buffer {
    return nameOfDescriptor(this.descriptor);
  }

  protection(): ReturnType<OpenObject['protection']> {
    return protection(this.descriptor);
  }
}

export function describedAs({ type, identity }: ReturnType<typeof describe>): Described {
  return { type, object: objectOf(identity), identity, isOurs: identity.uid === process.geteuid?.() };
}
