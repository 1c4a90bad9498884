// SPDX-License-Identifier: Apache-2.0

/** The pattern of LIKE that finds what contains a text, whatever the text holds. The column is to be compared in lower case. */
export function containing(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
