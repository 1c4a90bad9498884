// SPDX-License-Identifier: Apache-2.0
// Droppers: fetch into a place that everyone can write, make it run, remove the traces. One of these alone is an installer;
// together, in a short file, they are not.

rule Dropper_Fetch_Run_Remove
{
  meta:
    name = "Lazaret.Dropper.FetchRunRemove"
    kind = "dropper"
    why = "fetched into a temporary place, made executable, started and removed in a few lines"
  strings:
    $chain = /(curl|wget|tftp|ftpget)\s[^\n]{4,200}(\/tmp|\/var\/tmp|\/dev\/shm|\/var\/run)\/[^\n]{1,120}chmod\s{1,4}(\+x|[0-7]{0,1}7[0-7]{2})[^\n]{1,160}rm\s{1,4}-[rf]{1,2}\s/
    $iot = /cd\s{1,4}\/tmp\s{0,4}(\|\||;)\s{0,4}cd\s{1,4}\/(var\/run|mnt|root|dev\/shm|var\/tmp)[^\n]{0,200}(wget|curl|tftp)\s[^\n]{4,200}chmod\s{1,4}[^\n]{0,60}(\.\/|sh\s)/
  condition:
    filesize < 256KB and uint32(0) != 0x464c457f and any of them
}

rule Dropper_Decode_Run
{
  meta:
    name = "Lazaret.Dropper.DecodeRun"
    kind = "dropper"
    why = "a long encoded literal is decoded straight into a shell"
  strings:
    $pipe = /echo\s{1,4}(-n\s{1,4})?["']?[A-Za-z0-9+\/=]{160,8000}["']?\s{0,4}\|\s{0,4}base64\s{1,4}(-d|--decode|-D)\s{0,4}\|\s{0,4}(\/bin\/)?(ba|da)?sh\b/
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and $pipe
}

rule Dropper_Kill_Rivals
{
  meta:
    name = "Lazaret.Dropper.KillRivals"
    kind = "dropper"
    why = "a script ends other miners and security agents before it installs its own"
  strings:
    $kill1 = /\bp?kill(all)?\s{1,4}(-9\s{1,4}|-f\s{1,4}){0,2}[^\n]{0,20}(kinsing|kdevtmpfsi|xmrig|minerd|watchbog|sysupdate|networkservice)/
    $kill2 = /(aliyun|cloudmonitor|aegis|YunJing|BCM_agent)[^\n]{0,80}(uninstall|stop|kill|rm)/ nocase
    $fetch = /(curl|wget)\s[^\n]{0,40}https?:\/\/([0-9]{1,3}\.){3}[0-9]{1,3}/
  condition:
    filesize < 512KB and uint32(0) != 0x464c457f and $fetch and (#kill1 >= 2 or ($kill1 and $kill2))
}
