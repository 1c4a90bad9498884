// SPDX-License-Identifier: Apache-2.0
// A name that somebody else chose – of a VM, a person, a policy: isolated in direction, and escaped as file names are.
import { hostileToText } from './hostile.ts';

export function Name({ text }: { readonly text: string }) {
  return <bdi>{hostileToText(text)}</bdi>;
}
