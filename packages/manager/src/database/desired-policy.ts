// SPDX-License-Identifier: Apache-2.0
import { sql } from 'kysely';

/** For queries over `vms`: the id of the policy that the VM is to have – its own, else its group's, else the tenant's default. */
export const DESIRED_POLICY = sql<string>`coalesce(vms.policy_id,
  (select g.policy_id from lazaret.groups g where g.tenant_id = vms.tenant_id and g.id = vms.group_id),
  (select p.id from lazaret.policies p where p.is_default))`;
