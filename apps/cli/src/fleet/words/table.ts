// SPDX-License-Identifier: Apache-2.0
// Rows for people, as columns. Names are hostile: they cannot play with the terminal. Pure.
import stringWidth from 'string-width';
import { safeText } from '../../words.ts';

export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows.map((row) => row.map(safeText))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === head.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)),
      )
      .join('  ')
      .trimEnd(),
  );
}
