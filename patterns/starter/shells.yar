// SPDX-License-Identifier: Apache-2.0
// Reverse shells: a socket becomes the standard streams of a command interpreter.

rule Reverse_Shell_Bash_Dev_Tcp
{
  meta:
    name = "Lazaret.Trojan.ReverseShellBash"
    kind = "trojan"
    why = "an interactive shell whose streams are a TCP connection"
  strings:
    $interactive = /\b(ba|z|k|da)?sh\s{1,4}-i\s{0,4}(>&|&>|>|<>?)\s{0,4}\/dev\/(tcp|udp)\/[A-Za-z0-9._$({\[:-]{1,80}\/[0-9$({A-Za-z_]{1,20}/
    $exec = /exec\s{1,4}[0-9]{1,3}<>\s{0,4}\/dev\/(tcp|udp)\/[A-Za-z0-9._$({:-]{1,80}\/[0-9$({A-Za-z_]{1,20}/
    $loop = /(sh|bash)\s{0,4}(-i\s{0,4})?<&[0-9]{1,3}\s{0,4}>&[0-9]{1,3}/
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and ($interactive or ($exec and $loop))
}

rule Reverse_Shell_Python
{
  meta:
    name = "Lazaret.Trojan.ReverseShellPython"
    kind = "trojan"
    why = "a socket is duplicated over the standard streams and a shell is started"
  strings:
    $socket = /socket\s{0,4}\.\s{0,4}socket\s{0,4}\(/
    $connect = /\.connect\s{0,4}\(\s{0,4}\(/
    $dup0 = /dup2\s{0,4}\([^)\n]{1,40}fileno\s{0,4}\(\s{0,4}\)\s{0,4},\s{0,4}[0-2]\s{0,4}\)/
    $shell = /(call|Popen|run|spawn|system)\s{0,4}\(\s{0,4}\[?\s{0,4}["']\/?(usr\/)?(bin\/)?(ba|z|da)?sh["']/
  condition:
    filesize < 512KB and uint32(0) != 0x464c457f and $socket and $connect and #dup0 >= 1 and $shell
}

rule Reverse_Shell_Perl
{
  meta:
    name = "Lazaret.Trojan.ReverseShellPerl"
    kind = "trojan"
    why = "a socket is opened over STDIN, STDOUT and STDERR and a shell is started"
  strings:
    $socket = /socket\s{0,4}\(\s{0,4}[A-Z]{1,12}\s{0,4},\s{0,4}PF_INET/
    $in = /open\s{0,4}\(\s{0,4}STDIN\s{0,4},\s{0,4}["']>&[A-Z]{1,12}/
    $out = /open\s{0,4}\(\s{0,4}STDOUT\s{0,4},\s{0,4}["']>&[A-Z]{1,12}/
    $exec = /exec\s{0,4}\(?\s{0,4}["']\/bin\/(ba)?sh/
  condition:
    filesize < 512KB and all of them
}

rule Reverse_Shell_Netcat_Pipe
{
  meta:
    name = "Lazaret.Trojan.ReverseShellPipe"
    kind = "trojan"
    why = "a named pipe joins a shell and a network client"
  strings:
    $pipe = /mk(fifo|nod)\s{1,4}[^;&|\n]{1,60}[;&]{1,2}[^;\n]{0,60}\|\s{0,4}(\/bin\/)?(ba)?sh\s{1,4}-i[^;\n]{0,40}\|\s{0,4}(nc|ncat|netcat|telnet|openssl\s{1,4}s_client)\s/
    $direct = /\b(nc|ncat|netcat)(\.traditional)?\s{1,4}(-[a-z]{1,6}\s{1,4})?[A-Za-z0-9._$({-]{1,80}\s{1,4}[0-9$]{1,6}[^\n;]{0,20}\s-(e|c)\s{1,4}["']?(\/usr)?(\/bin\/)?(ba)?sh\b/
    $direct2 = /\b(nc|ncat|netcat)(\.traditional)?\s{1,4}-(e|c)\s{1,4}["']?(\/usr)?\/bin\/(ba)?sh["']?\s{1,4}[A-Za-z0-9._$({-]{4,80}\s{1,4}[0-9$]{2,6}/
    $socat = /socat\s{1,4}[^\n]{0,80}exec:["']?[^\n"']{0,20}(ba)?sh[^\n]{0,80}tcp[46]?:[A-Za-z0-9._$({-]{1,80}:[0-9$]{1,6}/ nocase
  condition:
    filesize < 64KB and uint32(0) != 0x464c457f and any of them
}

rule Reverse_Shell_Php
{
  meta:
    name = "Lazaret.Trojan.ReverseShellPhp"
    kind = "trojan"
    why = "a PHP socket becomes the streams of a shell"
  strings:
    $php = "<?"
    $socket = /fsockopen\s{0,4}\(\s{0,4}(["']([0-9]{1,3}\.){3}[0-9]{1,3}|\$[A-Za-z_]{1,20}\s{0,4},\s{0,4}\$)/
    $process = /proc_open\s{0,4}\(\s{0,4}(["'][^"'\n]{0,40}\bsh\b|\$shell)/
    $exec = /(exec|shell_exec|system|passthru)\s{0,4}\(\s{0,4}["']\/bin\/(ba)?sh\s{1,4}-i\s{0,4}<&[0-9]/
  condition:
    filesize < 512KB and $php and $socket and ($process or $exec)
}
