// SPDX-License-Identifier: Apache-2.0
// Decides what a manager offers: whose release a VM gets, what it is called, and what a release is made of beside the files that the provider named.
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { RELEASE_LIMITS } from '../format/manifest.ts';
import { LABEL_CHARACTERS_MAX } from '../identity/release-identity.ts';

/** Whose releases a VM may have. A copy that nobody accepted (`own`: false) gets the provider's: a tenant's own signatures are the tenant's data (SY-10b). */
export function offeringTenants(tenantId: string, own: boolean): string[] {
  return own ? [tenantId, PROVIDER_TENANT_ID] : [PROVIDER_TENANT_ID];
}

/** Of the active releases that it may have: a tenant's own goes before the provider's. */
export function chooseOffered<R extends { readonly tenant_id: string }>(
  active: readonly R[],
  tenantId: string,
  own: boolean,
): R | null {
  return active.find(({ tenant_id }) => tenant_id === tenantId && own) ?? active[0] ?? null;
}

/** As a VM's manifest names where a release came from. */
export function sourceOfManager(source: string): string {
  return `manager: ${source}`.slice(0, RELEASE_LIMITS.sourceCharactersMax);
}

/** Of a tenant's release: the provider's, with the tenant's own signatures beside. */
export function tenantSource(label: string, signatures: number): { readonly label: string; readonly source: string } {
  return {
    label: `${label}-own`.slice(0, LABEL_CHARACTERS_MAX),
    source: `${label} and ${signatures} signatures of the tenant`,
  };
}

/** Files of the starter set stand beside those that were given, which go before: a release is whole by itself, with EICAR for the agents' self-test. */
export function besideStarter<F extends { readonly name: string }>(
  files: readonly F[],
  starter: readonly F[],
): readonly F[] {
  const names = new Set(files.map(({ name }) => name));
  return [...files, ...starter.filter(({ name }) => !names.has(name))];
}
