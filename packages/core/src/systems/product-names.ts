// SPDX-License-Identifier: Apache-2.0
// Other anti-virus products by the names of their processes (SY-5).

export interface OtherProduct {
  readonly name: string;
  /** As the kernel names the process: at most 15 bytes (`/proc/PID/comm`). */
  readonly processes: readonly string[];
}

export const OTHER_PRODUCTS: readonly OtherProduct[] = [
  { name: 'Bitdefender GravityZone', processes: ['bdsecd', 'bdagentd'] },
  { name: 'ClamAV on-access scanner', processes: ['clamonacc'] },
  { name: 'CrowdStrike Falcon', processes: ['falcon-sensor'] },
  { name: 'Dr.Web', processes: ['drweb-configd', 'drweb-spider'] },
  { name: 'ESET Server Security', processes: ['oaeventd', 'odfeeder'] },
  { name: 'Kaspersky Endpoint Security', processes: ['kesl'] },
  { name: 'Microsoft Defender for Endpoint', processes: ['wdavdaemon'] },
  { name: 'SentinelOne', processes: ['s1-agent', 's1-scanner'] },
  { name: 'Sophos', processes: ['savd', 'savscand', 'soapd'] },
  { name: 'Symantec Endpoint Protection', processes: ['rtvscand', 'sisamdaemon'] },
  { name: 'Trellix / McAfee', processes: ['mfetpd', 'mfeespd'] },
  { name: 'Trend Micro Deep Security', processes: ['ds_agent', 'ds_am'] },
  { name: 'WithSecure / F-Secure', processes: ['fsavd', 'fsoasd'] },
];
