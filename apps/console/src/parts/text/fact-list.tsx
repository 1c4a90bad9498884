// SPDX-License-Identifier: Apache-2.0
import { Fragment, type ReactNode } from 'react';

/** Facts as name and value. `null` is not known, and said so by a dash. */
export function FactList({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value ?? '–'}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
