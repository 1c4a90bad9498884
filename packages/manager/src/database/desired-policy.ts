// SPDX-License-Identifier: Apache-2.0
import { sql } from 'kysely';

/** For queries over `vms`: the id of the policy that the VM is to have – its own, else its group's, else the tenant's default. */
export const DESIRED_POLICY = sql<string>`lazaret.desired_policy(vms.tenant_id, vms.policy_id, vms.group_id)`;
