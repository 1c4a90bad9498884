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
  ['plink -pw hunter2 h', 'plink -pw *** h'],
  // Also what looks like an option, or like a digit of a level.
  ['plink -pw --Hunter2 h', 'plink -pw *** h'],
  ['pscp -pw 7 a b', 'pscp -pw *** a b'],
  // To another program that is a number.
  ['xplink -pw 7 h', 'xplink -pw 7 h'],
  ['puttygen -pw 7', 'puttygen -pw 7'],
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
  ['htpasswd -mbn user hunter2 more', 'htpasswd -mbn user *** more'],
  ['htpasswd -bBn user hunter2 more', 'htpasswd -bBn user *** more'],
  ['mysql --password ssh -phunter2', 'mysql --password *** -p***'],
  ['mysql --plugin=/usr/bin/ssh -phunter2', 'mysql --plugin=/usr/bin/ssh -p***'],
  ['curl https://h/x?Token=hunter2&y=1&secret=hunter2', 'curl https://h/x?Token=***&y=1&secret=***'],
  ['sshpass -p hunter2 ssh-copy-id -p 22 host', 'sshpass -p *** ssh-copy-id -p 22 host'],
  ['sshpass -p hunter2 my-ssh -p hunter2 host', 'sshpass -p *** my-ssh -p *** host'],
  ['sshpass -p hunter2 ssh.old -p hunter2 host', 'sshpass -p *** ssh.old -p *** host'],
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
  'mysqladmin status x',
  'rabbitmqctl list_users a b',
  'ipmitool -p 623 sel',
  'docker run -p 80:80 image',
  'docker pull -p x',
  'vault read a/b x=y',
  'rclone copy obscured x',
  'rclone lsd pass x',
  'npm install _auth x',
  'kubectl create configmap s --from-literal=k=v',
  'openssl version passwd2 x',
  'xfreerdp /u:me /v:h',
  'curl -b jar.txt -E me.pem https://h/x',
  'wpa_passphrase net',
  'htpasswd -B file user',
  'docker run -u 1000:1000 image',
  'tool --pass 2 --password',
  'htpasswd a-nb user x',
  'htpasswd a-bn user x',
  'htpasswd a-b user x',
  'vault write -format=json a/b',
  'curl -b /srv/a=b https://h/x',
  'mysql<-pfile',
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

test('the words of a shell are taken as it takes them: escapes, quotes, and what becomes of them', () => {
  for (const [given, masked] of [
    [String.raw`mysql -phunter\ 2 x`, 'mysql -p*** x'],
    [String.raw`mysql -phunter\;2 x`, 'mysql -p*** x'],
    [String.raw`mysql -p"hunter\ 2" x`, 'mysql -p*** x'],
    [String.raw`vault write a/b x\;y=hunter2`, 'vault write a/b x;y=***'],
    [String.raw`vault write a/b x\ y=hunter2`, 'vault write a/b x y=***'],
    [String.raw`vault write a/b "x\ y=hunter2"`, String.raw`vault write a/b x\ y=***`],
    [String.raw`bash -c "mysql -phunter2 \"a b\"" x`, 'bash -c mysql -p*** "a b" x'],
    ['echo root:hunter2|chpasswd', 'echo ***|chpasswd'],
    ['mysql -phunter2 ;', 'mysql -p*** ;'],
    ['( mysql -phunter2 )', '( mysql -p*** )'],
  ] as const)
    assert.deepEqual(maskSecrets(['sh', '-c', given]), ['sh', '-c', masked]);
});

test('shells in shells are looked into four deep, so that a hostile line costs little', () => {
  const shell = (text: string): string => `sh -c '${text.replaceAll("'", String.raw`'\''`)}'`;
  let line = 'mysql -phunter2';
  for (let depth = 1; depth <= 6; depth++) {
    line = shell(line);
    assert.equal(/hunter/.test(maskSecrets(['sh', '-c', line]).join(' ')), depth > 3, line);
  }
});

test('a value with spaces is masked to its end', () => {
  for (const [given, masked] of [
    [
      ['vault', 'write', 'a/b', 'x=hunter 2'],
      ['vault', 'write', 'a/b', 'x=***'],
    ],
    [
      ['curl', '-b', 'a=hunter2; b=hunter2', 'h'],
      ['curl', '-b', 'a=***', 'h'],
    ],
  ] as const)
    assert.deepEqual(maskSecrets(given), masked);
});

test('what is no secret stands as it was given', () => {
  for (const line of HARMLESS) {
    const words = line.split(' ');
    assert.deepEqual(maskSecrets(words), words);
    assert.deepEqual(maskSecrets(['sh', '-c', line]), ['sh', '-c', line]);
  }
});

test('a form that tells a secret does so in either case, with any spaces, and as long as it is one', () => {
  for (const [given, masked] of [
    ['PASSWORD=hunter two', 'PASSWORD=***'],
    ['x Password=hunter2&y=1', 'x Password=***&y=1'],
    ['-ume:1x', '-ume:***'],
    ['-ume:hunter 2', '-ume:***'],
    ['-u1000:1000', '-u1000:1000'],
    ['x-ume:hunter2', 'x-ume:hunter2'],
    ['http://hunter2@host', 'http://***@host'],
    ['http://hunter2hunter2hunter2:x@host', 'http://***:***@host'],
    ['Bearer   hunter2', 'Bearer ***'],
    ['Authorization: hunter2', 'Authorization: ***'],
    ['Authorization:hunter2', 'Authorization:***'],
    ['authorization:  Digest  hunter2', 'authorization:  Digest  ***'],
    ['Authorization: Basic hunter2', 'Authorization: Basic ***'],
    ['Cookie:hunter2', 'Cookie:***'],
    ['Set-Cookie:  a=hunter2', 'Set-Cookie:  ***'],
    ["IDENTIFIED   BY   'hunter 2'", 'IDENTIFIED   BY   ***'],
    ['identified by "hunter 2"', 'identified by ***'],
    ['alter user x password  "hunter 2"', 'alter user x password  ***'],
    ['pass:5', 'pass:***'],
    ['pass:5 6', 'pass:***'],
    ['xpass:5', 'xpass:5'],
    ['xoxb-hunter2hunter2hunter2', '***'],
    ['glpat-hunter2hunter2', 'glpat-hunter2hunter2'],
  ] as const)
    assert.deepEqual(maskSecrets(['tool', given]), ['tool', masked]);
  for (const [given, masked] of [
    ['tool --PASSWORD hunter2', 'tool --PASSWORD ***'],
    ['tool --password --hunter2', 'tool --password --hunter2'],
    ['tool --password 2x', 'tool --password ***'],
    ['tool -u me1:22', 'tool -u me1:***'],
    ['tool -u 1:2x', 'tool -u 1:***'],
    ['tool --proxy-user me:hunter2', 'tool --proxy-user me:***'],
    ['tool -U me:hunter2', 'tool -U me:***'],
    ['tool --user me:hunter2', 'tool --user me:***'],
  ] as const)
    assert.equal(maskSecrets(given.split(' ')).join(' '), masked);
  for (const line of [
    `echo root:hunter2|chpasswd`,
    `echo 'root:hunter2'  |  sudo   chpasswd`,
    `echo "ann:hunter2" | chpasswd`,
  ])
    assert.doesNotMatch(maskSecrets(['sh', '-c', line]).join(' '), /hunter/, line);
  assert.deepEqual(maskSecrets(['', 'tool', '', '--password', '']), ['', 'tool', '', '--password', '']);
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
