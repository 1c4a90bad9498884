// SPDX-License-Identifier: Apache-2.0
// Types of file systems as a table (RT-2c, LM-8b). The name is the kernel's, as /proc/self/mountinfo shows it; a FUSE one carries its program
// behind the dot (`fuse.sshfs`). What is not in the table is local: an unknown disk must be scanned, not overlooked.

import { isNetworkPath } from '../paths.ts';

/** `pseudo`: the kernel's own windows, without files of anyone. `fuse-network`: a program that brings a network. */
export type FileSystemClass = 'local' | 'pseudo' | 'network' | 'fuse-network';

/**
 * Not here on purpose: tmpfs, ramfs and devtmpfs hold files of whoever writes them (and malware likes /dev and /dev/shm), overlay and
 * squashfs lie on local disks, and autofs is here because looking into it mounts something.
 */
export const PSEUDO_FILE_SYSTEMS: ReadonlySet<string> = new Set([
  'proc',
  'sysfs',
  'cgroup',
  'cgroup2',
  'cpuset',
  'devpts',
  'mqueue',
  'hugetlbfs',
  'debugfs',
  'tracefs',
  'securityfs',
  'selinuxfs',
  'smackfs',
  'configfs',
  'fusectl',
  'pstore',
  'efivarfs',
  'bpf',
  'binfmt_misc',
  'rpc_pipefs',
  'nfsd',
  'autofs',
  'nsfs',
  'pipefs',
  'sockfs',
  'anon_inodefs',
  'bdev',
  'resctrl',
  'binder',
  'functionfs',
  'ocfs2_dlmfs',
  'fuse.lxcfs',
  'fuse.portal',
]);

/** LM-8: never scanned. */
export const NETWORK_FILE_SYSTEMS: ReadonlySet<string> = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'smb2',
  'ncpfs',
  '9p',
  'virtiofs',
  'ceph',
  'glusterfs',
  'afs',
  'openafs',
  'kafs',
  'coda',
  'lustre',
  'gpfs',
  'beegfs',
  'orangefs',
  'pvfs2',
  'davfs',
  'vboxsf',
  'prl_fs',
  'vmhgfs',
]);

/** FUSE programs that bring a network. */
export const FUSE_NETWORK_PROGRAMS: ReadonlySet<string> = new Set([
  'sshfs',
  's3fs',
  'goofys',
  'mountpoint-s3',
  'gcsfuse',
  'blobfuse',
  'blobfuse2',
  'rclone',
  'glusterfs',
  'ceph',
  'ceph-fuse',
  'davfs',
  'davfs2',
  'curlftpfs',
  'smbnetfs',
  'cifs',
  'moosefs',
  'mfs',
  'mfsmount',
  'lizardfs',
  'saunafs',
  'seaweedfs',
  'juicefs',
  'JuiceFS',
  'hdfs',
  'fuse_dfs',
  'kubernetes-secrets-store',
  'google-drive-ocamlfuse',
  'onedriver',
  'afuse',
  'vmhgfs-fuse',
  'cvmfs',
  'cvmfs2',
  'beegfs',
  'ipfs',
  'xtreemfs',
  'quobyte',
  'gvfsd-fuse',
]);

/** The class of a file system by its kernel name, and for FUSE programs that nobody listed by what they say they mount (`host:/x`, `//host/x`). */
export function classifyFileSystem(type: string, source = ''): FileSystemClass {
  if (PSEUDO_FILE_SYSTEMS.has(type)) return 'pseudo';
  if (NETWORK_FILE_SYSTEMS.has(type)) return 'network';
  if (type !== 'fuse' && !type.startsWith('fuse.')) return 'local';
  return FUSE_NETWORK_PROGRAMS.has(type.slice('fuse.'.length)) || isNetworkPath(source) ? 'fuse-network' : 'local';
}

/** LM-8: whether a class is a network's. */
export function isNetworkClass(fileSystem: FileSystemClass): boolean {
  return fileSystem === 'network' || fileSystem === 'fuse-network';
}
