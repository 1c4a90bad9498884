// SPDX-License-Identifier: Apache-2.0
// The operating systems that Lazaret supports (SY-2), and what a kernel must have. The document docs/reference/supported-systems.md
// is generated from here. Supported means: `./check` has been green on it. Others may work, but were not tested.

export interface SupportedSystem {
  readonly name: string;
  /** `ID` and `VERSION_ID` of /etc/os-release. */
  readonly id: string;
  readonly version: string;
  /** As `uname -m` says. */
  readonly architecture: string;
}

export const SUPPORTED_SYSTEMS: readonly SupportedSystem[] = [
  { name: 'Debian 12 (bookworm)', id: 'debian', version: '12', architecture: 'x86_64' },
];

/** A feature of the kernel that the product stands on, with the version that brought it. */
export interface KernelNeed {
  readonly version: readonly [number, number];
  readonly what: string;
  /** Without it nothing works; otherwise something is weaker. */
  readonly required: boolean;
}

export const KERNEL_NEEDS: readonly KernelNeed[] = [
  {
    version: [5, 8],
    what: 'openat2 and mount ids in statx (Lazaret needs them to handle files safely while other processes replace them)',
    required: true,
  },
  {
    version: [5, 13],
    what: 'Landlock (a second barrier between the scan process and the file system)',
    required: false,
  },
];

export interface SystemFacts {
  readonly id: string;
  readonly version: string;
  readonly architecture: string;
  /** `uname -r`: `6.1.0-18-amd64`. */
  readonly kernel: string;
}

export interface SystemFinding {
  readonly code:
    | 'system.kernel_too_old'
    | 'system.kernel_weaker'
    | 'system.kernel_unknown'
    | 'system.not_supported'
    | 'system.memory_too_small'
    | 'system.disk_too_small';
  /** `error`: it will not work. `warning`: it may, or works with less. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What is to be said of a system; nothing where all is as it should be. */
export function findSystemFaults(facts: SystemFacts): readonly SystemFinding[] {
  return [...kernelFindings(facts.kernel), ...systemFindings(facts)];
}

function kernelFindings(kernel: string): readonly SystemFinding[] {
  const version = parseKernel(kernel);
  if (version === null) {
    const message = `The kernel release "${kernel}" contains no version number, so its features are not known.`;
    return [{ code: 'system.kernel_unknown', severity: 'warning', message }];
  }
  return KERNEL_NEEDS.filter((need) => isOlder(version, need.version)).map(
    ({ version: [major, minor], what, required }) => ({
      code: required ? ('system.kernel_too_old' as const) : ('system.kernel_weaker' as const),
      severity: required ? ('error' as const) : ('warning' as const),
      message: `Kernel ${kernel} is older than ${major}.${minor}, which introduced ${what}.`,
    }),
  );
}

function systemFindings({ id, version, architecture }: SystemFacts): readonly SystemFinding[] {
  const known = SUPPORTED_SYSTEMS.some(
    (one) => one.id === id && one.version === version && one.architecture === architecture,
  );
  if (known) return [];
  const names = SUPPORTED_SYSTEMS.map((one) => `${one.name} on ${one.architecture}`).join(', ');
  const message = `${id} ${version} on ${architecture} is not on the list of supported systems (${names}). It may work, but it was not tested.`;
  return [{ code: 'system.not_supported', severity: 'warning', message }];
}

function parseKernel(kernel: string): readonly [number, number] | null {
  const match = /^(\d+)\.(\d+)/.exec(kernel);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

function isOlder(left: readonly [number, number], right: readonly [number, number]): boolean {
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}
