// SPDX-License-Identifier: Apache-2.0
// A file name from a VM: isolated in direction, escaped where it would deceive.
import { escapeHostile } from './hostile.ts';

export function FileName({ path }: { readonly path: string }) {
  return (
    <bdi className="file-name" dir="ltr">
      {escapeHostile(path).map(({ text, escaped }, index) =>
        escaped ? (
          <span key={`${index}-${text}`} className="escaped">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}
