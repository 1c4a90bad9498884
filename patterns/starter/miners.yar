// SPDX-License-Identifier: Apache-2.0
// Coin miners. The programs are honest where somebody wants them; on a server nobody asked for them.

rule Miner_Configuration
{
  meta:
    name = "Lazaret.Miner.Configuration"
    kind = "miner"
    why = "a miner's configuration with pool and wallet"
  strings:
    $pool = /stratum\+(tcp|ssl|udp):\/\/[A-Za-z0-9.-]{3,80}:[0-9]{2,5}/
    $pools = "\"pools\""
    $donate = "\"donate-level\""
    $algorithm = /"(algo|coin)"\s{0,4}:\s{0,4}"(rx|cn|randomx|cryptonight|monero|kawpow|argon2)/ nocase
    $user = /"user"\s{0,4}:\s{0,4}"[48][0-9A-Za-z]{90,105}/
  condition:
    filesize < 256KB and uint32(0) != 0x464c457f and (($pools and $donate and ($pool or $user or $algorithm)) or ($pool and $user))
}

rule Miner_Command_Line
{
  meta:
    name = "Lazaret.Miner.CommandLine"
    kind = "miner"
    why = "a script starts a miner against a pool"
  strings:
    $start = /(xmrig|minerd|cpuminer|xmr-stak|kinsing|kdevtmpfsi|nbminer|t-rex|lolMiner|cgminer|ccminer)[^\n]{0,80}\s(-o|--url|-a|--algo)[ =][^\n]{0,120}(stratum\+(tcp|ssl):\/\/|:[0-9]{3,5}\s[^\n]{0,20}-u)/ nocase
  condition:
    filesize < 512KB and uint32(0) != 0x464c457f and $start
}

rule Miner_Program
{
  meta:
    name = "Lazaret.Miner.Program"
    kind = "miner"
    why = "a Linux program that speaks to a mining pool and carries a miner's own words"
  strings:
    $pool = "stratum+tcp://"
    $submit = "mining.submit"
    $login = "\"method\":\"login\""
    $keepalived = "keepalived"
    $donate = "donate-level"
    $randomx = "randomx" nocase
    $huge = "huge-pages"
  condition:
    uint32(0) == 0x464c457f and filesize < 60MB and $pool and $donate and 2 of ($submit, $login, $keepalived, $randomx, $huge)
}
