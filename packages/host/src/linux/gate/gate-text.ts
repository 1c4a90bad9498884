// SPDX-License-Identifier: Apache-2.0
// The gate's *bytes as text* (one character a byte) as bytes, and as text for people.
import { displayPath, pathTextFromBytes } from '@lazaret/core';

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export function gateText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

export function displayOf(text: string): string {
  return displayPath(pathTextFromBytes(bytesOf(text)));
}
