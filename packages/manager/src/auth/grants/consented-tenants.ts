// SPDX-License-Identifier: Apache-2.0
// The tenants that have given their provider access, as the provider's session shows them. Pure.
import { rightsOfConsent, type ConsentScope, type Session } from '@lazaret/contract';

/** A consent that runs, with its tenant. */
export interface RunningConsent {
  readonly id: string;
  readonly name: string;
  readonly scope: ConsentScope;
  readonly ends_at: Date;
}

/** Each tenant once, in the order of the first of its consents: the widest holds, and of those of one scope the one that ends last. */
export function consentedTenants(consents: readonly RunningConsent[]): Session['tenants'] {
  const holding = new Map<string, RunningConsent>();
  for (const consent of consents) {
    const known = holding.get(consent.id);
    if (known === undefined || isBetter(consent, known)) holding.set(consent.id, consent);
  }
  return Array.from(holding.values(), ({ id, name, scope, ends_at }) => ({
    id,
    name,
    role: null,
    rights: [...rightsOfConsent(scope)],
    consentUntil: ends_at.toISOString(),
  }));
}

function isBetter(consent: RunningConsent, known: RunningConsent): boolean {
  return consent.scope === known.scope ? consent.ends_at > known.ends_at : consent.scope === 'operate';
}
