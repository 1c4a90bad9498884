// SPDX-License-Identifier: Apache-2.0
// Rows for a measurement, made by the database itself: VMs, and detections over three months, spread as real ones are – few threats, many paths.
import { EVENT_SCHEMA } from '@lazaret/contract';
import pg from 'pg';

export interface Filling {
  readonly tenantId: string;
  readonly policyId: string;
  readonly vms: number;
  readonly detections: number;
}

/** As the owner of the database. */
export async function fill(owner: pg.ClientConfig, { tenantId, policyId, vms, detections }: Filling): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query(
      `insert into lazaret.vms (tenant_id, id, name, policy_id, policy_since, membership, created_at, accepted_at, last_seen_at, protection, addresses)
       select $1, gen_random_uuid(), 'vm-' || lpad(at::text, 5, '0') || '.example.com', $2, now(), 'active', now(), now(),
         now() - (at % 100) * interval '1 minute', 'protected', array['10.' || at / 65536 || '.' || at / 256 % 256 || '.' || at % 256]
       from generate_series(1, $3) at`,
      [tenantId, policyId, vms],
    );
    for (const months of [0, 1, 2])
      await client.query(`select lazaret.ensure_month(now() - $1 * interval '1 month')`, [months]);
    await client.query(
      `insert into lazaret.detections (tenant_id, received_at, id, vm_id, time, origin, path, threat, kind, bytes, sha256, action, result, quarantine_entry, body)
       select $1, at_time, gen_random_uuid(), vm_ids[1 + at % array_length(vm_ids, 1)], at_time,
         (array['manual', 'scheduled'])[1 + at % 2], '/srv/www/site-' || at % 5000 || '/upload/' || md5(at::text) || '.php',
         (array['Win.Trojan.Agent-', 'Php.Webshell.C99-', 'Unix.Malware.Mirai-', 'Doc.Macro.Dropper-'])[1 + at % 4] || at % 400,
         (array['trojan', 'webshell', 'worm', 'macro'])[1 + at % 4], 100 + at % 100000, encode(sha256((at % 50000)::text::bytea), 'hex'),
         'quarantine', case when at % 100 = 0 then 'failed' else 'quarantined' end, null, jsonb_build_object('schema', $3::text)
       from generate_series(1, $2) at,
         lateral (select date_trunc('month', now() - interval '2 months') + (now() - date_trunc('month', now() - interval '2 months')) * (at::float8 / $2)) as t (at_time),
         (select array_agg(id) as vm_ids from lazaret.vms where tenant_id = $1) v`,
      [tenantId, detections, EVENT_SCHEMA],
    );
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
