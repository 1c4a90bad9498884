// SPDX-License-Identifier: Apache-2.0
// Splits a byte stream into lines. It never stores more than `bytesMax` of an unfinished line.

export class LineTooLong extends Error {}

/** Returns a function that takes the next chunk and yields the lines which that chunk completed. */
export function lineCutter(bytesMax: number): (chunk: Buffer) => readonly string[] {
  let rest: Buffer[] = [];
  let restBytes = 0;
  return (chunk) => {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      rest.push(chunk.subarray(from, at));
      lines.push(Buffer.concat(rest).toString());
      rest = [];
      restBytes = 0;
      from = at + 1;
    }
    restBytes += chunk.length - from;
    if (restBytes > bytesMax) throw new LineTooLong(`a line is longer than ${bytesMax} bytes`);
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
    return lines;
  };
}
