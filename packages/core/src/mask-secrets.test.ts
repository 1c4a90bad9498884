// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskSecrets } from './mask-secrets.ts';

const ROWS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['curl', '--user', 'me:hunter2', 'https://u:pw@example.test/x'],
    ['curl', '--user', 'me:***', 'https://u:***@example.test/x'],
  ],
  [
    ['tool', '--password', 'hunter2', '--verbose'],
    ['tool', '--password', '***', '--verbose'],
  ],
  [
    ['tool', '--db-password=hunter2', 'API_KEY=abc', '--token:abc'],
    ['tool', '--db-password=***', 'API_KEY=***', '--token:***'],
  ],
  [
    ['/usr/bin/mysqldump', '-phunter2', '-u', 'root'],
    ['/usr/bin/mysqldump', '-p***', '-u', 'root'],
  ],
  [
    ['curl', '-H', 'Authorization: Bearer abc.def'],
    ['curl', '-H', 'Authorization: Bearer ***'],
  ],
  [
    ['sudo', '-n', 'redis-cli', '-h', 'cache', '-a', 'hunter2', 'PING'],
    ['sudo', '-n', 'redis-cli', '-h', 'cache', '-a', '***', 'PING'],
  ],
  [
    ['env', 'LANG=C', 'mysql', '-uroot', '-phunter2', 'shop'],
    ['env', 'LANG=C', 'mysql', '-uroot', '-p***', 'shop'],
  ],
  [
    ['curl', '-ume:hunter2', '--user=me:hunter2', '-b', 'a=b'],
    ['curl', '-ume:***', '--user=me:***', '-b', 'a=***'],
  ],
  [
    ['sh', '-c', 'mysqldump -phunter2 shop | curl -u me:hunter2 -T - https://h/x && redis-cli -a hunter2 PING'],
    ['sh', '-c', 'mysqldump -p*** shop | curl -u me:*** -T - https://h/x && redis-cli -a *** PING'],
  ],
  [
    ['bash', '-lc', `sh -c "tool --password 'hunter two' --verbose"`],
    ['bash', '-lc', `sh -c "tool --password *** --verbose"`],
  ],
  [
    ['curl', 'https://h/x?token=abc&y=1', '-d', '{"password": "hunter2", "user": "me"}'],
    ['curl', 'https://h/x?token=***&y=1', '-d', '{"password": ***, "user": "me"}'],
  ],
  [
    ['ldapsearch', '-x', '-w', 'hunter2', '-b', 'dc=example'],
    ['ldapsearch', '-x', '-w', '***', '-b', 'dc=example'],
  ],
  [
    ['openssl', 'rsa', '-passin', 'pass:hunter2'],
    ['openssl', 'rsa', '-passin', 'pass:***'],
  ],
  [
    ['7z', 'x', '-phunter2', 'a.7z'],
    ['7z', 'x', '-p***', 'a.7z'],
  ],
  [
    ['smbclient', '//server/share', '-U', 'me%hunter2'],
    ['smbclient', '//server/share', '-U', 'me%***'],
  ],
  [
    ['tar', '-p', '-a', '-w', 'x'],
    ['tar', '-p', '-a', '-w', 'x'],
  ],
  [
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
  ],
];

/** One line each, as typed, and what becomes of it; the same, too, as the text of `sh -c`, twice. */
const LINES: readonly (readonly [string, string])[] = [
  ['curl -b session=hunter2 https://h/x', 'curl -b session=*** https://h/x'],
  ['curl --cookie session=hunter2 https://h/x', 'curl --cookie session=*** https://h/x'],
  ['curl --cert me.pem --pass hunter2 https://h/x', 'curl --cert me.pem --pass *** https://h/x'],
  ['curl -E me.pem:hunter2 https://h/x', 'curl -E me.pem:*** https://h/x'],
  ['curl -u hunter2: https://h/x', 'curl -u ***: https://h/x'],
  ['git clone https://hunter2@host/x.git', 'git clone https://***@host/x.git'],
  ['git clone https://hunter2hunter2hunter2:x@host/x.git', 'git clone https://***:***@host/x.git'],
  ['lftp ftp://u:hun@ter2@host/x', 'lftp ftp://u:***@host/x'],
  ['lftp lftp://u:hunter2@h', 'lftp lftp://u:***@h'],
  ['tool --pw hunter2 -v', 'tool --pw *** -v'],
  ['sqlcmd -S db -U sa -P hunter2', 'sqlcmd -S db -U sa -P ***'],
  ['sqlcmd -S db -Phunter2', 'sqlcmd -S db -P***'],
  ['htpasswd -b file user hunter2', 'htpasswd -b file user ***'],
  ['htpasswd -cbB -C 12 file user hunter2', 'htpasswd -cbB -C 12 file user ***'],
  ['htpasswd -nb user hunter2', 'htpasswd -nb user ***'],
  ['lftp -u u,hunter2 host', 'lftp -u u,*** host'],
  ['ncftpput -u u -p hunter2 host /x y', 'ncftpput -u u -p *** host /x y'],
  ['useradd -m -p $6$hash$hunter2 ann', 'useradd -m -p *** ann'],
  ['usermod --password hunter2 ann', 'usermod --password *** ann'],
  ['vault login hunter2', 'vault login ***'],
  ['vault login -no-print hunter2', 'vault login -no-print ***'],
  ['vault kv put secret/x key=hunter2', 'vault kv put secret/x key=***'],
  [
    'aws configure set aws_secret_access_key hunter2 --profile p',
    'aws configure set aws_secret_access_key *** --profile p',
  ],
  [
    'aws configure set profile.p.aws_secret_access_key hunter2',
    'aws configure set profile.p.aws_secret_access_key ***',
  ],
  ['rclone obscure hunter2', 'rclone obscure ***'],
  ['mysql -phunter2 shop', 'mysql -p*** shop'],
  ['env X_TOKEN=hunter2 DB_PASS=hunter2 tool', 'env X_TOKEN=*** DB_PASS=*** tool'],
  ['sshpass -p hunter2 ssh -p 22 host', 'sshpass -p *** ssh -p 22 host'],
  ['docker login -u me -p hunter2 registry', 'docker login -u me -p *** registry'],
  ['rabbitmqctl add_user ann hunter2', 'rabbitmqctl add_user ann ***'],
  ['openssl passwd -6 hunter2', 'openssl passwd -6 ***'],
  ['tool ghp_hunter2hunter2hunter2', 'tool ***'],
];

/** Nothing in these is a secret. */
const HARMLESS: readonly string[] = [
  'ssh -p 22 host',
  'mkdir -p a',
  'curl -u user https://h/x',
  'curl -b cookies.txt -E me.pem https://h/x',
  'docker run -p 80:80 -u 1000:1000 image',
  'htpasswd -v file user',
  'htpasswd -c file user',
  'useradd -m ann',
  'vault status',
  'rclone copy a b',
  'aws s3 cp a b',
  'lftp -p 21 host',
  'env PWD=/root OLDPWD=/srv COMPASS=north tool',
  'x264 --pass 2 in.y4m',
  'git clone ssh://git@host/x.git',
  'git clone git@host:x.git',
  'rsync -e ssh a me@host:b',
  'cp -p a b',
  'nc -p 80 host',
  'find . -path ./x -prune',
  'tool --bypass x',
];

test('a secret in the forms of common programs is masked, also in the text of a shell and of a shell in a shell', () => {
  for (const [given, masked] of LINES) {
    assert.equal(maskSecrets(given.split(' ')).join(' '), masked);
    assert.deepEqual(maskSecrets(['sh', '-c', given]), ['sh', '-c', masked]);
    for (const quoted of [`'${given}'`, `"${given.replaceAll('$', String.raw`\$`)}"`])
      assert.equal(
        maskSecrets(['sh', '-c', `cd /srv; bash -c ${quoted} > log`])[2]?.replaceAll(/["']/g, ''),
        `cd /srv; bash -c ${masked} > log`,
      );
  }
});

test('quotes of a shell inside a shell hide nothing', () => {
  const lines = [
    String.raw`sh -c "sh -c \"mysql -phunter2\""`,
    `mysql '-p'hunter2`,
    `mysql -p"hunter 2"`,
    `lftp -e "open -u u,hunter2 host"`,
    'echo root:hunter2 | chpasswd',
    `psql -c "ALTER USER me PASSWORD 'hunter2'"`,
    `curl -H 'Cookie: a=hunter2; b=hunter2'`,
    'false || mysql -phunter2; ssh -p 22 h',
  ];
  for (const line of lines) assert.doesNotMatch(maskSecrets(['sh', '-c', line]).join(' '), /hunter/, line);
});

test('what is no secret stands as it was given', () => {
  for (const line of HARMLESS) {
    const words = line.split(' ');
    assert.deepEqual(maskSecrets(words), words);
    assert.deepEqual(maskSecrets(['sh', '-c', line]), ['sh', '-c', line]);
  }
});

test('what is named as a secret on a command line is masked, nothing else', () => {
  for (const [given, masked] of ROWS) assert.deepEqual(maskSecrets(given), masked);
});

test('no secret of a common form is left, whatever stands around it', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9!.,+-]{6,20}$/).filter((text) => /^[A-Za-z0-9]/.test(text));
  const plain = fc.constantFrom('-v', '--verbose', 'file.txt', '/srv/x', 'LANG=C');
  const form = fc.constantFrom(
    (value: string) => ['mysql', `-p${value}`],
    (value: string) => ['redis-cli', '-a', value],
    (value: string) => ['curl', '-u', `me:${value}`],
    (value: string) => ['tool', '--password', value],
    (value: string) => ['tool', `--api-key=${value}`],
    (value: string) => ['env', `PGPASSWORD=${value}`, 'psql'],
  );
  fc.assert(
    fc.property(fc.array(plain), secret, form, fc.array(plain), fc.nat(2), (before, value, make, after, shells) => {
      let line = ['/usr/bin/env', ...before, ...make(`Q${value}Q`), ...after];
      for (let depth = 0; depth < shells; depth++) line = ['sh', '-c', line.join(' ')];
      assert.ok(!maskSecrets(line).join(' ').includes(`Q${value}Q`), JSON.stringify(line));
    }),
  );
});

test('masking never fails, keeps the number of arguments, and masks only once', () => {
  // Any code point, halves of a pair too. fast-check's own unit for this takes seconds to be made.
  const text = fc.array(fc.nat({ max: 0x10_ff_ff })).map((points) => String.fromCodePoint(...points));
  fc.assert(
    fc.property(fc.array(text), (commandLine) => {
      const masked = maskSecrets(commandLine);
      assert.equal(masked.length, commandLine.length);
      assert.deepEqual(maskSecrets(masked), masked);
    }),
  );
});
