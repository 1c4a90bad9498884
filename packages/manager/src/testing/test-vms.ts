// SPDX-License-Identifier: Apache-2.0
// VMs and what they tell, for tests: straight into the tables, and events as an agent's spool has them.
import { randomBytes, randomUUID } from 'node:crypto';
import { canonicalJson, EVENT_SCHEMA, uuidV7, type Detection } from '@lazaret/contract';
import type { ManagerParts } from '../server/index.ts';

export interface TestVm {
  readonly tenantId: string;
  readonly vmId: string;
  readonly vmName: string;
}

/** The tenant's default policy, if it has none yet. Returns its id. */
async function ensurePolicy({ database, newId }: ManagerParts, tenantId: string): Promise<string> {
  return await database.asTenant(tenantId, async (tx) => {
    const found = await tx.selectFrom('policies').select('id').where('is_default', '=', true).executeTakeFirst();
    if (found !== undefined) return found.id;
    const [id, hash] = [newId(), '0'.repeat(64)];
    const row = { tenant_id: tenantId, id, name: 'Default', is_default: true, revision: 1, hash };
    await tx
      .insertInto('policy_documents')
      .values({ tenant_id: tenantId, hash, document: canonicalJson({}) })
      .execute();
    await tx.insertInto('policies').values(row).execute();
    return id;
  });
}

export async function addTestVm(
  parts: ManagerParts,
  tenantId: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<TestVm> {
  const { database, clock, newId } = parts;
  const policyId = await ensurePolicy(parts, tenantId);
  const vmId = newId();
  const now = new Date(clock.nowMs());
  await database.asTenant(tenantId, (tx) =>
    tx
      .insertInto('vms')
      .values({
        tenant_id: tenantId,
        id: vmId,
        name,
        group_id: null,
        policy_id: policyId,
        policy_since: now,
        membership: 'active',
        created_at: now,
        accepted_at: now,
        retired_at: null,
        enrolment_token_id: null,
        clone_of: null,
        last_seen_at: now,
        stopped_at: null,
        clock_difference_ms: 0,
        holder: null,
        machine: null,
        report: null,
        applied_hash: null,
        release: null,
        release_created_at: null,
        vault_hash: null,
        ...fields,
      })
      .execute(),
  );
  return { tenantId, vmId, vmName: name };
}

export interface TestSpool {
  readonly epoch: string;
  event(type: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown>;
  detection(fields?: Partial<Detection>): Record<string, unknown>;
}

/** Events with the sequences of one epoch. */
export function testSpool(timeMs: number): TestSpool {
  const epoch = randomUUID();
  const bootId = randomUUID();
  let sequence = 0;
  const event: TestSpool['event'] = (type, fields) => ({
    schema: EVENT_SCHEMA,
    id: uuidV7(timeMs, randomBytes(10)),
    epoch,
    sequence: ++sequence,
    time: new Date(timeMs).toISOString(),
    bootId,
    monotonicMs: sequence,
    policyHash: null,
    patternRelease: 'starter-3f2a90b1c4d5',
    decidedBy: null,
    type,
    ...fields,
  });
  return {
    epoch,
    event,
    detection: (fields = {}) =>
      event('detection', {
        runId: randomUUID(),
        path: '/srv/a.com',
        file: { fileSystem: 'ab', handle: '1:00ff', device: '1', inode: '2' },
        bytes: 68,
        sha256: 'ab'.repeat(32),
        trueType: 'text',
        threats: [{ name: 'Eicar-Test-Signature', kind: 'test', layers: [] }],
        action: {
          primary: { action: 'quarantine', result: 'done' },
          notify: false,
          decidedBy: '/manual/action',
          quarantineId: randomUUID(),
        },
        notifyEvent: null,
        ...fields,
      }),
  };
}
