// SPDX-License-Identifier: Apache-2.0
import { LazaretError } from '@lazaret/core';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isId = (text: string): boolean => UUID.test(text);

/** An id as the API takes it. `list`: the command that shows ids. Throws `cli.usage`. */
export function requireId(text: string, list: string): string {
  const id = text.toLowerCase();
  if (isId(id)) return id;
  throw new LazaretError('cli.usage', `"${text}" is not an id. \`lazaret ${list}\` shows the ids.`, { where: 'id' });
}
