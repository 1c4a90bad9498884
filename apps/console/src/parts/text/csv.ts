// SPDX-License-Identifier: Apache-2.0
// CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that a spreadsheet would take for a formula.
import { hostileToText } from './hostile.ts';

export type CsvCell = string | number | null;

const FORMULA = /^[=+\-@\t\r]/;

export function formatCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(formatCell).join(','));
  return `\u{feff}${lines.join('\r\n')}\r\n`;
}

function formatCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = hostileToText(FORMULA.test(cell) ? `'${cell}` : cell);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
