// SPDX-License-Identifier: Apache-2.0
// Web shells as they are found on Linux servers: a request's own bytes become code or a command.
// Each rule asks for source *and* sink in one expression, because either alone stands in honest applications.

rule Webshell_Php_Eval_Request
{
  meta:
    name = "Lazaret.Webshell.PhpEvalRequest"
    kind = "webshell"
    why = "PHP evaluates what the request carries"
  strings:
    $php = "<?" 
    $direct = /\b(eval|assert)\s{0,8}\(\s{0,8}@?\s{0,8}\$_(POST|GET|REQUEST|COOKIE)\s{0,4}\[/ nocase
    $decoded = /\b(eval|assert)\s{0,8}\(\s{0,8}@?(base64_decode|gzinflate|gzuncompress|str_rot13|strrev|hex2bin)\s{0,8}\(\s{0,8}@?\$_(POST|GET|REQUEST|COOKIE|SERVER)\s{0,4}\[/ nocase
  condition:
    filesize < 2MB and $php and ($direct or $decoded)
}

rule Webshell_Php_Command_Request
{
  meta:
    name = "Lazaret.Webshell.PhpCommandRequest"
    kind = "webshell"
    why = "PHP runs a command that the request carries"
  strings:
    $php = "<?"
    $run = /\b(system|passthru|shell_exec|popen|proc_open|pcntl_exec)\s{0,8}\(\s{0,8}@?\s{0,8}\$_(POST|GET|REQUEST|COOKIE)\s{0,4}\[/ nocase
    $tick = /`\s{0,4}\$_(POST|GET|REQUEST|COOKIE)\s{0,4}\[[^`\n]{1,40}`/ nocase
  condition:
    filesize < 2MB and $php and ($run or $tick)
}

rule Webshell_Php_Packed_Eval
{
  meta:
    name = "Lazaret.Webshell.PhpPackedEval"
    kind = "webshell"
    why = "a long literal is unpacked and evaluated, as packers of web shells do"
  strings:
    $php = "<?"
    $packed = /\beval\s{0,8}\(\s{0,8}(gzinflate|gzuncompress|str_rot13)\s{0,8}\(\s{0,8}(base64_decode|str_rot13|strrev)\s{0,8}\(\s{0,8}['"][A-Za-z0-9+\/=]{120}/ nocase
  condition:
    filesize < 5MB and $php and $packed
}

rule Webshell_Php_Callback_Request
{
  meta:
    name = "Lazaret.Webshell.PhpCallbackRequest"
    kind = "webshell"
    why = "the request chooses the function that is called with its own argument"
  strings:
    $php = "<?"
    $variable = /\$_(POST|GET|REQUEST|COOKIE)\s{0,4}\[[^\]\n]{1,24}\]\s{0,4}\(\s{0,4}@?\$_(POST|GET|REQUEST|COOKIE)\s{0,4}\[/ nocase
    $array = /\barray_(map|filter|walk)\s{0,4}\(\s{0,4}['"](eval|assert|system|passthru)['"]\s{0,4},\s{0,4}[^)\n]{0,40}\$_(POST|GET|REQUEST|COOKIE)/ nocase
  condition:
    filesize < 2MB and $php and ($variable or $array)
}

rule Webshell_Php_File_Manager
{
  meta:
    name = "Lazaret.Webshell.PhpFileManager"
    kind = "webshell"
    why = "well-known web shells carry these headings together"
  strings:
    $php = "<?"
    $a = "FilesMan" fullword
    $b = "b374k" nocase
    $c = "c99shell" nocase
    $d = "r57shell" nocase
    $e = "WSO " 
    $run = /\b(eval|passthru|shell_exec|proc_open|popen|system)\s{0,4}\(/
    $safe = "safe_mode" nocase
    $uname = "php_uname" nocase
  condition:
    filesize < 2MB and $php and $run and ($uname or $safe) and ($b or $c or $d or ($a and $e))
}

rule Webshell_Jsp_Command_Request
{
  meta:
    name = "Lazaret.Webshell.JspCommandRequest"
    kind = "webshell"
    why = "JSP runs a command that the request carries"
  strings:
    $jsp = "<%"
    $run = /getRuntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\s{0,4}\([^;\n]{0,80}request\s{0,4}\.\s{0,4}getParameter/
    $builder = /new\s{1,4}ProcessBuilder\s{0,4}\([^;\n]{0,120}request\s{0,4}\.\s{0,4}getParameter/
  condition:
    filesize < 1MB and $jsp and ($run or $builder)
}

rule Webshell_Jsp_Class_From_Request
{
  meta:
    name = "Lazaret.Webshell.JspClassFromRequest"
    kind = "webshell"
    why = "JSP defines a class out of the request's bytes"
  strings:
    $jsp = "<%"
    $define = "defineClass"
    $loader = "extends ClassLoader"
    $reader = /request\s{0,4}\.\s{0,4}(getReader|getParameter|getInputStream)/
  condition:
    filesize < 1MB and all of them
}

rule Webshell_Aspx_Eval_Request
{
  meta:
    name = "Lazaret.Webshell.AspxEvalRequest"
    kind = "webshell"
    why = "ASP.NET evaluates what the request carries"
  strings:
    $page = "<%@" nocase
    $eval = /\beval\s{0,4}\(\s{0,4}Request\s{0,4}(\.Item|\.Form|\.QueryString)?\s{0,4}[\[(]/ nocase
  condition:
    filesize < 1MB and $page and $eval
}
