// SPDX-License-Identifier: Apache-2.0
// How an intruder stays: scheduled downloads, preloaded libraries, keys and units written by a script.

rule Persistence_Cron_Download
{
  meta:
    name = "Lazaret.Trojan.CronDownload"
    kind = "trojan"
    why = "cron fetches a script and runs it unseen, again and again"
  strings:
    $line = /(\*|\*\/[0-9]{1,2}|[0-9]{1,2})\s{1,4}(\*|\*\/[0-9]{1,2}|[0-9]{1,2})\s{1,4}\*\s{1,4}\*\s{1,4}[*0-7]\s{1,4}[^\n]{0,60}(curl|wget)\s[^\n|]{4,200}\|\s{0,4}(\/bin\/)?(ba|da)?sh\b/
    $at = /@(reboot|hourly|daily)\s{1,4}[^\n]{0,60}(curl|wget)\s[^\n|]{4,200}\|\s{0,4}(\/bin\/)?(ba|da)?sh\b/
  condition:
    filesize < 256KB and uint32(0) != 0x464c457f and any of them
}

rule Persistence_Ld_Preload
{
  meta:
    name = "Lazaret.Trojan.LdPreload"
    kind = "trojan"
    why = "a script puts a library of its own before every program"
  strings:
    $write = /(echo|printf)\s[^\n>]{1,120}\.so["']?\s{0,4}>>?\s{0,4}\/etc\/ld\.so\.preload/
  condition:
    filesize < 512KB and uint32(0) != 0x464c457f and $write
}

rule Persistence_Authorized_Keys
{
  meta:
    name = "Lazaret.Trojan.KeyPlanted"
    kind = "trojan"
    why = "a script gives itself a way in: a key of its own for root, and the file locked against its owner"
  strings:
    $key = /(echo|printf)\s[^\n]{0,40}(ssh-rsa|ssh-ed25519)\s[^\n]{20,1200}>>?\s{0,4}(\/root|~root|\/home\/[^\/\n]{1,40})\/\.ssh\/authorized_keys/
    $lock = /chattr\s{1,4}\+[ia]{1,2}\s{1,4}[^\n]{0,60}(authorized_keys|crontab|cron\.d|ld\.so\.preload)/
  condition:
    filesize < 512KB and uint32(0) != 0x464c457f and $key and $lock
}

rule Persistence_Systemd_Download
{
  meta:
    name = "Lazaret.Trojan.UnitDownload"
    kind = "trojan"
    why = "a systemd unit that fetches and runs a script"
  strings:
    $unit = "[Service]"
    $run = /ExecStart(Pre)?\s{0,4}=[^\n]{0,60}(curl|wget)\s[^\n|]{4,200}\|\s{0,4}(\/bin\/)?(ba|da)?sh\b/
  condition:
    filesize < 64KB and $unit and $run
}
