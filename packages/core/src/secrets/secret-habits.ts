// SPDX-License-Identifier: Apache-2.0
// Which arguments of which programs are secrets that no name tells: data for mask-secrets. A program's row says how it takes them; the same option means
// something else elsewhere (`ssh -p 22`, `docker run -p 80:80`).

/** How a program takes secrets. */
export interface SecretHabit {
  readonly program: RegExp;
  /** Only behind one of these words: `docker login`. Positions are counted from there. */
  readonly command?: readonly string[];
  /** Only where an option like this one stands before: `htpasswd -b`. */
  readonly given?: RegExp;
  /** The value is joined to the option: `-phunter2`. */
  readonly joined?: readonly string[];
  /** It is the next argument: `-a hunter2`. */
  readonly next?: readonly string[];
  /** The next argument, or what is joined, is `user:password`, or with `,` or `%`. */
  readonly user?: readonly string[];
  /** The next argument is a cookie `name=value`; without `=` it is a file of them. */
  readonly cookie?: readonly string[];
  /** It is this argument of those that are no options, counted from 1. */
  readonly position?: number;
  /** Options whose value is no argument of its own, where positions are counted. */
  readonly valued?: readonly string[];
  /** Arguments `name=value` are secrets by what the command is for. */
  readonly assigned?: boolean;
}

const HTPASSWD = { program: /^htpasswd2?$/, valued: ['-C', '-r'] } as const;

export const SECRET_HABITS: readonly SecretHabit[] = [
  // Databases.
  { program: /^(?:mysql|mariadb|mycli)/, joined: ['-p'] },
  { program: /^mysqladmin$/, command: ['password'], position: 1 },
  { program: /^(?:mongo|cqlsh|clickhouse-client$|impala-shell$)/, next: ['-p'] },
  { program: /^(?:redis-cli|valkey-cli|keydb-cli)$/, next: ['-a'] },
  { program: /^(?:sqlcmd|osql|bcp|tsql|go-sqlcmd|mssql-cli)$/, joined: ['-P'], next: ['-P'] },
  { program: /^rabbitmqctl$/, command: ['add_user', 'change_password', 'authenticate_user'], position: 2 },
  // Archives.
  { program: /^(?:7z[arz]?|7zz)$/, joined: ['-p'] },
  { program: /^(?:rar|unrar)$/, joined: ['-p', '-hp'] },
  { program: /^(?:zip|unzip|zipcloak)/, joined: ['-P'], next: ['-P'] },
  // The network.
  { program: /^curl$/, cookie: ['-b', '--cookie'], next: ['--oauth2-bearer'], user: ['-E', '--cert', '--proxy-cert'] },
  { program: /^https?$/, user: ['-a', '--auth'] },
  { program: /^(?:lftp|open)$/, user: ['-u', '--user'] },
  { program: /^ncftp/, joined: ['-p'], next: ['-p'] },
  { program: /^sshpass$/, joined: ['-p'], next: ['-p'] },
  { program: /^(?:ssh|scp|sftp|rsync|ssh-copy-id|mosh)$/ },
  { program: /^(?:plink|pscp|psftp|putty)$/, next: ['-pw'] },
  { program: /^mosquitto/, joined: ['-P'], next: ['-P'] },
  { program: /^ldap/, joined: ['-w'], next: ['-w'] },
  { program: /^snmp/, joined: ['-A', '-X'], next: ['-A', '-X', '-c'] },
  { program: /^ipmitool$/, joined: ['-P'], next: ['-P'] },
  { program: /^(?:xfreerdp|wlfreerdp)/, joined: ['/p:'] },
  { program: /^rdesktop$/, joined: ['-p'], next: ['-p'] },
  { program: /^nmcli$/, next: ['password', 'wifi-sec.psk', '802-11-wireless-security.psk'] },
  { program: /^wpa_passphrase$/, position: 2 },
  // Accounts of the VM.
  { program: /^(?:useradd|usermod|adduser|groupadd|groupmod)$/, joined: ['-p'], next: ['-p'] },
  { ...HTPASSWD, given: /^-\w*n\w*b|^-\w*b\w*n/, position: 2 },
  { ...HTPASSWD, given: /^-[^n]*b[^n]*$/, position: 3 },
  { program: /^mkpasswd$/, position: 1, valued: ['-m', '-S', '-R'] },
  { program: /^openssl$/, next: ['-k'] },
  { program: /^openssl$/, command: ['passwd'], position: 1, valued: ['-salt', '-in'] },
  { program: /^pkcs1[15]-tool$/, next: ['--pin', '--so-pin', '--new-pin'] },
  // Clouds, registries, stores of secrets.
  {
    program: /^(?:docker|podman|buildah|skopeo|helm|oc|az|nerdctl)$/,
    command: ['login'],
    joined: ['-p'],
    next: ['-p'],
  },
  { program: /^(?:vault|bao)$/, command: ['login'], position: 1 },
  { program: /^(?:vault|bao)$/, command: ['put', 'write', 'patch'], assigned: true },
  { program: /^aws$/, next: ['aws_secret_access_key', 'aws_session_token'] },
  { program: /^rclone$/, command: ['obscure', 'reveal'], position: 1 },
  { program: /^rclone$/, command: ['config'], next: ['pass', 'password', 'password2', 'secret_access_key', 'token'] },
  { program: /^(?:npm|pnpm|yarn)$/, command: ['set'], next: ['_auth', '_password', '_authToken'] },
  { program: /^(?:kubectl|oc)$/, command: ['secret'], joined: ['--from-literal='], next: ['--from-literal'] },
];

/** The rows of the program that a word names; `/usr/bin/curl` is curl. */
export function habitsOf(word: string): readonly SecretHabit[] {
  const name = word.slice(word.lastIndexOf('/') + 1);
  return SECRET_HABITS.filter(({ program }) => program.test(name));
}
