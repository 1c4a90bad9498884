// SPDX-License-Identifier: Apache-2.0
// Which VM calls: by the certificate of its connection, which one of our authorities signed. Whether that certificate still counts is asked of the
// database at each request, so that a VM that is retired is out at once.
import type { TLSSocket } from 'node:tls';
import { uuidSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { TenantTransaction } from '../database/index.ts';

export interface Caller {
  readonly tenantId: string;
  readonly vmId: string;
  readonly serial: string;
}

const known = new WeakMap<TLSSocket, Caller>();

/** Throws `link.certificate`. */
export function callerOf(socket: TLSSocket): Caller {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const caller = readCaller(socket);
  known.set(socket, caller);
  return caller;
}

function readCaller(socket: TLSSocket): Caller {
  const { subject, serialNumber } = socket.authorized ? socket.getPeerCertificate() : {};
  const vmId = uuidSchema.safeParse(subject?.CN);
  const tenantId = uuidSchema.safeParse(subject?.O);
  if (!vmId.success || !tenantId.success || serialNumber === undefined)
    throw new LazaretError('link.certificate', 'No certificate of this installation was shown.');
  return { tenantId: tenantId.data, vmId: vmId.data, serial: serialNumber.toLowerCase() };
}

export interface CallingVm {
  readonly id: string;
  readonly name: string;
  readonly membership: 'active' | 'pending' | 'retired';
  readonly certificateNotAfter: Date;
  readonly certificateIssuedAt: Date;
}

/** The VM of a caller whose certificate still counts. Throws `link.certificate`, `link.retired`. */
export async function readCallingVm(tx: TenantTransaction, { vmId, serial }: Caller): Promise<CallingVm> {
  const row = await tx
    .selectFrom('vm_certificates')
    .innerJoin('vms', (join) =>
      join.onRef('vms.tenant_id', '=', 'vm_certificates.tenant_id').onRef('vms.id', '=', 'vm_certificates.vm_id'),
    )
    .select([
      'vms.id',
      'vms.name',
      'vms.membership',
      'vm_certificates.not_after',
      'vm_certificates.created_at',
      'vm_certificates.revoked_at',
    ])
    .where('vm_certificates.serial', '=', serial)
    .where('vm_certificates.vm_id', '=', vmId)
    .executeTakeFirst();
  if (row === undefined) throw new LazaretError('link.certificate', 'This certificate is not known here.');
  if (row.membership === 'retired') throw new LazaretError('link.retired', `The VM ${row.name} was retired.`);
  if (row.revoked_at !== null) throw new LazaretError('link.certificate', 'This certificate was withdrawn.');
  return {
    id: row.id,
    name: row.name,
    membership: row.membership,
    certificateNotAfter: row.not_after,
    certificateIssuedAt: row.created_at,
  };
}
