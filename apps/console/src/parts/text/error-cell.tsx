// SPDX-License-Identifier: Apache-2.0
// A failure in a row: the viewer's words, and on hover what came.
import { useErrorText, type Failure } from '../../i18n/error-text.ts';
import { hostileToText } from './hostile.ts';

export function ErrorCell({ failure }: { readonly failure: Failure }) {
  const text = useErrorText();
  return <span title={`${failure.code}: ${hostileToText(failure.message)}`}>{text(failure)}</span>;
}
