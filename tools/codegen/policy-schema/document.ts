// SPDX-License-Identifier: Apache-2.0
// The published JSON Schema of a policy, from the schema that checks it.
import { policyJsonSchema } from '@lazaret/contract';

export const DOCUMENT = 'docs/reference/policy.schema.json';

export function formatPolicySchema(): string {
  const { $schema, ...shape } = policyJsonSchema();
  const head = {
    $schema,
    title: 'Lazaret policy',
    description: 'All settings of a VM. What is not given is the default.',
  };
  return `${JSON.stringify({ ...head, ...shape }, null, 2)}\n`;
}
