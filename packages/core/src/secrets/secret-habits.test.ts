// SPDX-License-Identifier: Apache-2.0
// What each program takes for a secret, as one types it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { maskSecrets } from './mask-secrets.ts';

/** What only the program's own habits tell; the secret is `hunter2`. */
const OF_PROGRAMS: readonly string[] = [
  'mysqladmin -u root password hunter2',
  'clickhouse-client -p hunter2',
  'impala-shell -p hunter2',
  'redis-cli -a hunter2 PING',
  'valkey-cli -a hunter2 PING',
  'keydb-cli -a hunter2 PING',
  'sqlcmd -P hunter2',
  'osql -Phunter2',
  'bcp t out f -P hunter2',
  'tsql -P hunter2',
  'go-sqlcmd -P hunter2',
  'mssql-cli -Phunter2',
  'rabbitmqctl add_user ann hunter2',
  'rabbitmqctl change_password ann hunter2',
  'rabbitmqctl authenticate_user ann hunter2',
  '7z x -phunter2 a.7z',
  '7za x -phunter2 a.7z',
  '7zr x -phunter2 a.7z',
  '7zz x -phunter2 a.7z',
  'rar a -hphunter2 a.rar',
  'rar a -phunter2 a.rar',
  'unrar x -phunter2 a.rar',
  'curl --oauth2-bearer hunter2 https://h/x',
  'curl -b a=hunter2 https://h/x',
  'curl --cookie a=hunter2 https://h/x',
  'curl -E me.pem:hunter2 https://h/x',
  'curl --cert me.pem:hunter2 https://h/x',
  'curl --proxy-cert me.pem:hunter2 https://h/x',
  'lftp -u me,hunter2 h',
  'lftp --user me,hunter2 h',
  'open -u me,hunter2 h',
  'http -a me:hunter2 h/x',
  'https --auth me:hunter2 h/x',
  'sshpass -p hunter2 sftp h',
  'sshpass -phunter2 sftp h',
  'ipmitool -P hunter2 sel',
  'ipmitool -Phunter2 sel',
  'rdesktop -p hunter2 h',
  'rdesktop -phunter2 h',
  'nmcli dev wifi connect x password hunter2',
  'nmcli con mod x wifi-sec.psk hunter2',
  'nmcli con mod x 802-11-wireless-security.psk hunter2',
  'wpa_passphrase net hunter2',
  'useradd -p hunter2 ann',
  'usermod -phunter2 ann',
  'adduser -p hunter2 ann',
  'groupadd -phunter2 g',
  'groupmod -p hunter2 g',
  'htpasswd -b -C 12 file user hunter2',
  'htpasswd -b -r 5 file user hunter2',
  'htpasswd -nb user hunter2',
  'htpasswd -bn user hunter2',
  'htpasswd -Bnib user hunter2',
  'mkpasswd hunter2',
  'mkpasswd -m sha-512 hunter2',
  'mkpasswd -S salt hunter2',
  'mkpasswd -R 9 hunter2',
  'openssl enc -k hunter2 -in x',
  'openssl passwd -salt ab hunter2',
  'openssl passwd -in file hunter2',
  'pkcs11-tool --pin hunter2 -O',
  'pkcs15-tool --so-pin hunter2',
  'pkcs11-tool --new-pin hunter2',
  'docker login -phunter2 r',
  'podman login -p hunter2 r',
  'buildah login -p hunter2 r',
  'skopeo login -p hunter2 r',
  'helm login -p hunter2 r',
  'oc login -p hunter2 r',
  'az login -p hunter2',
  'nerdctl login -phunter2 r',
  'vault login hunter2',
  'bao login hunter2',
  'vault write a/b x=hunter2',
  'bao kv put a/b x=hunter2',
  'vault kv patch a/b x=hunter2',
  'aws configure set aws_secret_access_key hunter2',
  'aws configure set aws_session_token hunter2',
  'rclone obscure hunter2',
  'rclone reveal hunter2',
  'rclone config create r t pass hunter2',
  'rclone config create r t password hunter2',
  'rclone config create r t password2 hunter2',
  'rclone config create r t secret_access_key hunter2',
  'rclone config create r t token hunter2',
  'npm config set _auth hunter2',
  'pnpm config set _password hunter2',
  'yarn config set _authToken hunter2',
  'kubectl create secret generic s --from-literal=k=hunter2',
  'oc create secret generic s --from-literal k=hunter2',
];

/** The same, for programs whose names begin alike. */
const OF_FAMILIES: readonly string[] = [
  'mysqldump -phunter2 shop',
  'mariadb-dump -phunter2 shop',
  'mycli -phunter2',
  'mongosh -u me -p hunter2',
  'cqlsh -p hunter2 h',
  'zip -P hunter2 a.zip b',
  'unzip -Phunter2 a.zip',
  'zipcloak -P hunter2 a.zip',
  'ncftpget -phunter2 h',
  'mosquitto_pub -P hunter2 -t x',
  'mosquitto_sub -Phunter2 -t x',
  'ldapsearch -whunter2 -x',
  'ldapmodify -w hunter2 -x',
  'snmpwalk -A hunter2 -X hunter2 -c hunter2 h',
  'snmpget -Ahunter2 -Xhunter2 h',
  'xfreerdp /u:me /p:hunter2 /v:h',
  'wlfreerdp /p:hunter2 /v:h',
];

test('what a program takes for a secret by habit is masked in all its forms, and means nothing to any other program', () => {
  const masked = (line: string) => maskSecrets(line.split(' ')).join(' ');
  const expected = (line: string) =>
    line
      .replaceAll('--from-literal=k=hunter2', '--from-literal=***')
      .replaceAll(/--from-literal k=hunter2|hunter2/g, (found) => found.replace(/(k=)?hunter2/, '***'));
  for (const line of [...OF_PROGRAMS, ...OF_FAMILIES]) {
    assert.equal(masked(line), expected(line));
    assert.equal(masked(`/usr/bin/${line}`), `/usr/bin/${expected(line)}`);
    assert.equal(masked(`sudo ${line}`), `sudo ${expected(line)}`);
    assert.equal(masked(`x${line}`), `x${line}`, 'another program');
  }
  for (const line of OF_PROGRAMS) {
    const [program = '', ...rest] = line.split(' ');
    const other = [`${program}-x`, ...rest].join(' ');
    assert.equal(masked(other), other);
  }
});
