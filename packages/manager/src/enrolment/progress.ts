// SPDX-License-Identifier: Apache-2.0
// The progress of a token: each attempt with its steps. The page "Add a VM" waits for it.
import type { EnrolmentProgress, EnrolmentStep, VmReport } from '@lazaret/contract';
import type { TenantTransaction } from '../database/index.ts';

type Attempt = EnrolmentProgress['attempts'][number];
type Step = Attempt['steps'][number];

const ATTEMPTS_MAX = 100;
/** By when the test file of the installer was seen: its detection is the proof that the way is whole. */
const TEST_KIND = 'test';

export async function readProgress(tx: TenantTransaction, tokenId: string): Promise<EnrolmentProgress> {
  const rows = await tx
    .selectFrom('enrolment_attempts as attempt')
    .leftJoin('vms as vm', (join) =>
      join.onRef('vm.tenant_id', '=', 'attempt.tenant_id').onRef('vm.id', '=', 'attempt.vm_id'),
    )
    .leftJoin('policies as policy', (join) =>
      join.onRef('policy.tenant_id', '=', 'vm.tenant_id').onRef('policy.id', '=', 'vm.policy_id'),
    )
    .select([
      'attempt.name',
      'attempt.started_at',
      'attempt.error_code',
      'attempt.error_message',
      'attempt.vm_id',
      'vm.name as vm_name',
      'vm.applied_hash',
      'vm.release',
      'vm.last_seen_at',
      'vm.report',
      'policy.hash',
    ])
    .where('attempt.token_id', '=', tokenId)
    .orderBy('attempt.started_at', 'desc')
    .limit(ATTEMPTS_MAX)
    .execute();
  const attempts: Attempt[] = [];
  for (const row of rows) {
    const { name, started_at, vm_id, vm_name } = row;
    const vm = vm_id === null ? null : { id: vm_id, name: vm_name ?? name };
    const steps = vm_id === null ? refusedSteps(row) : activatedSteps(row, await firstTestFile(tx, vm_id));
    attempts.push({ vm, name, startedAt: started_at.toISOString(), steps });
  }
  return { attempts };
}

interface Refused {
  readonly started_at: Date;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

function refusedSteps({ started_at, error_code, error_message }: Refused): Step[] {
  const at = started_at.toISOString();
  const error = { code: error_code ?? 'api.internal', message: error_message ?? '' };
  const failedAt: EnrolmentStep = error_code === 'link.clock' ? 'clock' : 'activated';
  const passed: readonly EnrolmentStep[] = failedAt === 'clock' ? ['connected'] : ['connected', 'clock'];
  return [
    ...passed.map((step): Step => ({ step, state: 'done', at, error: null })),
    { step: failedAt, state: 'failed', at, error },
  ];
}

interface Activated {
  readonly started_at: Date;
  readonly applied_hash: string | null;
  readonly release: string | null;
  readonly hash: string | null;
  readonly last_seen_at: Date | null;
  readonly report: unknown;
}

function activatedSteps(row: Activated, testFileAt: Date | null): Step[] {
  const at = row.started_at.toISOString();
  const seen = row.last_seen_at?.toISOString() ?? null;
  const report = row.report as VmReport | null;
  const refused = report?.policy.refused ?? null;
  const done = (step: EnrolmentStep, isDone: boolean, when: string | null): Step => ({
    step,
    state: isDone ? 'done' : 'waiting',
    at: isDone ? when : null,
    error: null,
  });
  const policy: Step =
    refused !== null && refused.hash === row.hash
      ? { step: 'policy', state: 'failed', at: seen, error: { code: refused.code, message: refused.message } }
      : done('policy', row.applied_hash !== null && row.applied_hash === row.hash, seen);
  return [
    ...(['connected', 'clock', 'activated'] as const).map((step) => done(step, true, at)),
    policy,
    done('patterns', row.release !== null, seen),
    done('test-file', testFileAt !== null, testFileAt?.toISOString() ?? null),
  ];
}

async function firstTestFile(tx: TenantTransaction, vmId: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('detections')
    .select('received_at')
    .where('vm_id', '=', vmId)
    .where('kind', '=', TEST_KIND)
    .orderBy('received_at')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}
