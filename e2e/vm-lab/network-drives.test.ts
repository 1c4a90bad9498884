// SPDX-License-Identifier: Apache-2.0
// LM-8 with the network drives of a real kernel – NFS 4, NFS 3, CIFS and SMB 3, which the machine that builds may lack – in a VM that is server and client
// in one; and real-time with its default scope, on the whole machine, where that hurts nobody.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { eicar } from '@lazaret/testkit';
import { toScanned } from '../support/product.ts';
import { PRODUCT, startVm, type Vm } from '../../tools/vm-lab/vm.ts';

const DRIVES = ['nfs4', 'nfs3', 'cifs', 'smb3'] as const;
const BOUND = DRIVES.map((name) => `${name}-bound`);
/** On file systems of the VM's own; what stands in /srv is what the drives show. */
const SERVED = ['/srv/lab/e.com', '/srv/lab/inner/e.com'];
const LOCAL = [
  '/root/e.com',
  '/var/e.com',
  '/dev/e.com',
  '/dev/shm/e.com',
  '/run/e.com',
  '/run/lock/e.com',
  `${PRODUCT}/e.com`,
];
/** What the product keeps for itself. */
const OWN = '/var/lib/lazaret/vault/e.com';
const REMOTE = [...DRIVES.map((name) => `/mnt/${name}/e.com`), ...BOUND.map((name) => `/mnt/${name}/e.com`)];
/** Of what is mounted in the VM, by its own list, not the product's. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(['ext4', 'tmpfs', 'devtmpfs', 'ramfs']);
const LEFT_TYPES: ReadonlySet<string> = new Set(
  `nfs nfs4 cifs smb3 proc sysfs devpts securityfs cgroup2 pstore bpf autofs hugetlbfs mqueue debugfs tracefs configfs fusectl
   rpc_pipefs nfsd binfmt_misc`.split(/\s+/),
);
const PLACES = ['LAZARET_STATE=/var/lib/lazaret', 'LAZARET_RUN=/run/lazaret'] as const;
const TIMEOUT = { timeout: 1_200_000 };

const SERVERS = `
mkdir -p ${[...DRIVES, ...BOUND].map((name) => `/mnt/${name}`).join(' ')}
printf '[nfsd]\\ngrace-time=10\\nlease-time=10\\n' >/etc/nfs.conf.d/lab.conf
echo '/srv/lab 127.0.0.1(rw,no_root_squash,no_subtree_check,insecure)' >/etc/exports
cat >/etc/samba/smb.conf <<'END'
[global]
server role = standalone server
map to guest = Bad User
interfaces = lo
bind interfaces only = yes
disable netbios = yes
load printers = no
[lab]
path = /srv/lab
guest ok = yes
force user = root
END
systemctl start rpcbind nfs-server smbd
mount -t nfs4 127.0.0.1:/srv/lab /mnt/nfs4
mount -t nfs -o vers=3,nolock 127.0.0.1:/srv/lab /mnt/nfs3
mount -t cifs -o guest,vers=3.1.1 //127.0.0.1/lab /mnt/cifs
mount -t smb3 -o guest //127.0.0.1/lab /mnt/smb3
for name in ${DRIVES.join(' ')}; do mount --bind /mnt/$name/inner /mnt/$name-bound; done`;

const machine = makeMachine();
after(async () => {
  for (const end of machine.endings) await end();
});

/** One for all tests, made by whichever is first: what each needs of the others' is only that the drives are there. */
function makeMachine(): { readonly endings: (() => void | Promise<void>)[]; readonly vm: () => Promise<Vm> } {
  const endings: (() => void | Promise<void>)[] = [];
  let made: Promise<Vm> | null = null;
  const make = async (): Promise<Vm> => {
    const vm = await startVm({ after: (work) => void endings.push(work) }, { name: 'network-drives' });
    await vm.shell(`mkdir -p /srv/lab/inner && tee ${[...SERVED, ...LOCAL].join(' ')} >/dev/null`, { input: eicar() });
    await vm.shell(SERVERS);
    const types = await vm.shell(DRIVES.map((name) => `findmnt -no FSTYPE /mnt/${name}`).join('\n'));
    assert.equal(types, 'nfs4\nnfs\ncifs\nsmb3\n');
    return vm;
  };
  return { endings, vm: () => (made ??= make()) };
}

async function writePolicy(vm: Vm, policy: object): Promise<void> {
  await vm.copyIn(Buffer.from(JSON.stringify(policy)), '/root/policy.json');
}

test(
  'LM-8b, LM-8c, LM-8d: drives of NFS and SMB that the kernel mounts are never scanned, neither are their bind mounts, and a list that names one says so',
  TIMEOUT,
  async () => {
    const vm = await machine.vm();
    const files = { kind: 'extensions', extensions: ['com'] };
    const left = [...DRIVES, ...BOUND].map((name) => `/mnt/${name}`);
    const scan = `env ${PLACES.join(' ')} ${PRODUCT}/lazaret scan --all --policy /root/policy.json --action pass`;

    await writePolicy(vm, { manual: { files } });
    const { files: rows } = toScanned(await vm.run(`${scan} --json`, { timeoutMs: 600_000 }));
    const infected = rows.filter(({ verdict }) => verdict === 'infected').map(({ path }) => path);
    assert.deepEqual(infected.toSorted(), [...SERVED, ...LOCAL].toSorted());
    const unscanned = rows.filter(({ unscanned }) => unscanned.some(({ reason }) => reason === 'network'));
    assert.deepEqual(unscanned.map(({ path }) => path).toSorted(), left.toSorted());

    const entries = [...left, '/root'].map((path) => ({ path }));
    await writePolicy(vm, { manual: { files, directories: { kind: 'list', entries } } });
    const { stdout, stderr } = await vm.run(scan, { timeoutMs: 600_000 });
    for (const path of left)
      assert.ok(stderr.includes(`${path} is on a network file system and is not covered.`), stderr);
    assert.match(stdout, new RegExp(`\n  ${left.length} on a network file system \\(network\\)`));
    assert.deepEqual(stdout.match(/\/\S*e\.com/g), ['/root/e.com']);
  },
);

test(
  'RT-2a, RT-2c, LM-8b, LM-8c: with its default scope real-time refuses EICAR on every file system of a whole machine, but leaves the vault, pseudo file systems and network drives alone',
  TIMEOUT,
  async () => {
    const vm = await machine.vm();
    // Otherwise the servers, which run on the same machine, would be refused it.
    const exceptions = [{ match: { directory: '/srv' } }];
    await writePolicy(vm, {
      realtime: { action: { kind: 'custom', primary: 'deny' }, deadlineMs: 60_000, exceptions },
    });
    await vm.shell(
      `systemd-run --quiet -u lazaret ${PLACES.map((place) => `-E ${place}`).join(' ')} ${PRODUCT}/lazaret agent run --policy /root/policy.json`,
    );
    const log = 'journalctl --no-pager -o cat -u lazaret';
    await vm.shell(
      `until ${log} | grep '"real-time"' | grep -q '"state":"on"'; do systemctl is-active lazaret; sleep 3; done`,
      { timeoutMs: 600_000 },
    );

    const read = (path: string): string => `echo "${path} $(cat ${path} 2>&1 | tail -c 30)"`;
    await vm.shell(`mkdir -p $(dirname ${OWN}) && cp ${SERVED[0]} ${OWN}`);
    const reads = await vm.shell([...LOCAL, OWN, ...SERVED, ...REMOTE].map(read).join('\n'), { timeoutMs: 600_000 });
    const end = eicar().toString('latin1').slice(-30);
    const refused = LOCAL.map((path) => `${path} ${`cat: ${path}: Operation not permitted`.slice(-29)}\n`);
    assert.equal(reads, [...refused, ...[OWN, ...SERVED, ...REMOTE].map((path) => `${path} ${end}\n`)].join(''));

    const marked = await markedDevices(vm);
    for (const { device, type, place } of await mountsOf(vm)) {
      assert.ok(LOCAL_TYPES.has(type) || LEFT_TYPES.has(type), `${type}: the test does not know it`);
      assert.equal(marked.has(device), LOCAL_TYPES.has(type), `${place} (${type}) among ${[...marked].join(' ')}`);
    }

    const spool = 'cat /var/lib/lazaret/spool/*';
    // Nothing is promised about which comes first, the answer to an open or its event.
    await vm.shell(`until [ "$(${spool} | grep -c '"refused":true')" -ge ${LOCAL.length} ]; do sleep 1; done`);
    const events = (await vm.shell(spool)).trim().split('\n').map(toEvent);
    // A manual scan before it has told of its own.
    const told = events.filter(({ type, runId }) => type === 'detection' && runId === 'realtime');
    assert.deepEqual([...new Set(told.map(({ path }) => String(path)))].toSorted(), LOCAL.toSorted());
    const state = events.findLast(({ type }) => type === 'realtime.state');
    const places = (state?.['notCovered'] ?? []) as readonly { mountPoint: string; why: string | null }[];
    // A service with mounts of its own has the drives once more.
    const network = places.filter(({ why }) => why === 'network').map(({ mountPoint }) => mountPoint);
    assert.deepEqual([...new Set(network)].toSorted(), [...DRIVES, ...BOUND].map((name) => `/mnt/${name}`).toSorted());
  },
);

/** Of the file systems that the gate has the kernel ask it about. */
async function markedDevices(vm: Vm): Promise<ReadonlySet<string>> {
  const gate = '$(pidof lazaret-gate | cut -d" " -f1)';
  const shown = await vm.shell(`cat /proc/${gate}/fdinfo/* | grep '^fanotify sdev:'`);
  const numbers = Array.from(shown.matchAll(/sdev:([0-9a-f]+)/g), ([, text]) => Number.parseInt(text ?? '', 16));
  return new Set(numbers.map((device) => `${device >>> 20}:${device & 0xfffff}`));
}

async function mountsOf(vm: Vm): Promise<readonly { device: string; type: string; place: string }[]> {
  const shown = await vm.shell('findmnt -rno MAJ:MIN,FSTYPE,TARGET');
  return shown
    .trim()
    .split('\n')
    .map((line) => {
      const [device = '', type = '', place = ''] = line.split(' ');
      return { device, type, place };
    });
}

function toEvent(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Record<string, unknown>;
}
