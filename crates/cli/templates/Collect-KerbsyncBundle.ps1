#Requires -Version 3.0
<#
.SYNOPSIS
Fills a folder with everything that an audit of the Kerberos account wants: a bundle for kerbsync.

.DESCRIPTION
Run it in the Management Shell of Lync Server or Skype for Business Server, as a member of RTCUniversalServerAdmins who may read the
administrative shares of the web servers. It reads, and writes below -Destination alone; kerbsync is not needed here. What could not be
had stands in manifest.json with the reason, and the audit tells it. No password and no key is collected; the configurations hold the
credential as it stands on the servers, so guard the folder as you guard them, or make a copy for others with kerbsync redact.

Written by kerbsync init. It was parsed, and not run against a deployment.

.PARAMETER Destination
A new or empty folder.

.PARAMETER Site
Names of the sites whose web servers are read; without it, all.

.PARAMETER History
Reads the snapshots of earlier configurations too (C:\inetpub\history of each server).

.PARAMETER SkipTest
Leaves the product's own test of each site out. It changes nothing, and its report is the best evidence there is.

.PARAMETER SkipDirectory
Leaves Active Directory out.

.EXAMPLE
.\Collect-KerbsyncBundle.ps1 -Destination C:\exports
kerbsync audit C:\exports
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $Destination,
    [string[]] $Site = @(),
    [switch] $History,
    [switch] $SkipTest,
    [switch] $SkipDirectory
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$files = New-Object System.Collections.ArrayList
$missing = New-Object System.Collections.ArrayList
if (Test-Path -LiteralPath $Destination) {
    if (@(Get-ChildItem -LiteralPath $Destination -Force).Count -gt 0) { throw "'$Destination' is not empty: name a new folder." }
} else {
    New-Item -ItemType Directory -Path $Destination | Out-Null
}
$root = (Get-Item -LiteralPath $Destination).FullName

function Get-Rfc3339([DateTime] $Time) {
    return $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

function Add-Missing([string] $Path, [string] $Source, [string] $Reason) {
    Write-Warning "not had: $Path ($Reason)"
    [void] $missing.Add([ordered]@{ path = $Path; source = $Source; reason = $Reason })
}

# Takes a file of the bundle down: its digest, when it was read, and when it was last written where it was read.
function Add-Collected([string] $Path, [string] $Source, $Written) {
    $hash = [Security.Cryptography.SHA256]::Create()
    try {
        $bytes = [IO.File]::ReadAllBytes((Join-Path $root $Path.Replace('/', '\')))
        $digest = [BitConverter]::ToString($hash.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
    } finally {
        $hash.Dispose()
    }
    $entry = [ordered]@{ path = $Path; sha256 = $digest; read_at = (Get-Rfc3339 ([DateTime]::UtcNow)); source = $Source }
    if ($null -ne $Written) { $entry['written'] = Get-Rfc3339 $Written }
    [void] $files.Add($entry)
}

function New-Parent([string] $Path) {
    $parent = Split-Path -Parent (Join-Path $root $Path.Replace('/', '\'))
    if (-not (Test-Path -LiteralPath $parent)) { New-Item -ItemType Directory -Path $parent -Force | Out-Null }
}

# What a command exports; an export that fails is missing, and the others go on.
function Export-Facts([string] $Path, [string] $Source, [scriptblock] $Command) {
    try {
        New-Parent $Path
        & $Command (Join-Path $root $Path.Replace('/', '\'))
        Add-Collected $Path $Source $null
    } catch {
        Add-Missing $Path $Source $_.Exception.Message
    }
}

# A file of a server, whole: it is read again where it changed meanwhile.
function Copy-Whole([string] $From, [string] $Path) {
    try {
        for ($try = 1; ; $try++) {
            $before = (Get-Item -LiteralPath $From).LastWriteTimeUtc
            $bytes = [IO.File]::ReadAllBytes($From)
            if ((Get-Item -LiteralPath $From).LastWriteTimeUtc -eq $before) { break }
            if ($try -ge 5) { throw 'the file keeps changing while it is read' }
            Start-Sleep -Seconds 1
        }
        New-Parent $Path
        [IO.File]::WriteAllBytes((Join-Path $root $Path.Replace('/', '\')), $bytes)
        Add-Collected $Path $From $before
    } catch {
        Add-Missing $Path $From $_.Exception.Message
    }
}

Export-Facts 'topology.xml' '(Get-CsTopology -AsXml).ToString()' {
    param($file)
    [IO.File]::WriteAllText($file, (Get-CsTopology -AsXml).ToString(), (New-Object Text.UTF8Encoding $false))
}
Export-Facts 'assignments.xml' 'Get-CsKerberosAccountAssignment' {
    param($file)
    Get-CsKerberosAccountAssignment | Export-Clixml -Path $file
}

$wanted = @($Site | ForEach-Object { 'Site:' + ($_ -replace '^[Ss]ite:', '') })
$pools = @(Get-CsService -WebServer | ForEach-Object { $_.PoolFqdn.ToString() } | Sort-Object -Unique | ForEach-Object { Get-CsPool -Identity $_ })
$pools = @($pools | Where-Object { $wanted.Count -eq 0 -or $wanted -contains $_.Site.ToString() })
if ($pools.Count -eq 0) { throw 'No web server is in what was asked for: Get-CsSite lists the sites.' }
foreach ($server in @($pools | ForEach-Object { $_.Computers } | ForEach-Object { $_.ToString() } | Sort-Object -Unique)) {
    if ($server -notmatch '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$') {
        Add-Missing 'servers' 'Get-CsPool' 'the topology names a server whose name is no host name'
        continue
    }
    Write-Host "Reading $server"
    foreach ($name in @('applicationHost.config', 'redirection.config')) {
        Copy-Whole "\\$server\admin$\System32\inetsrv\config\$name" "servers/$server/$name"
    }
    if ($History) {
        $snapshots = "\\$server\C$\inetpub\history"
        try {
            foreach ($folder in @(Get-ChildItem -LiteralPath $snapshots | Where-Object { $_.PSIsContainer })) {
                Copy-Whole (Join-Path $folder.FullName 'applicationHost.config') "servers/$server/inetpub/history/$($folder.Name)/applicationHost.config"
            }
        } catch {
            Add-Missing "servers/$server/inetpub/history" $snapshots $_.Exception.Message
        }
    }
}

if (-not $SkipDirectory) {
    if (Get-Module -ListAvailable -Name ActiveDirectory) {
        Import-Module ActiveDirectory
        # Exactly what the audit reads: other attributes can hold secrets.
        $attributes = @(
            'objectClass', 'objectCategory', 'sAMAccountName', 'objectSid', 'userAccountControl', 'accountExpires', 'pwdLastSet',
            'whenCreated', 'whenChanged', 'primaryGroupID', 'memberOf', 'servicePrincipalName', 'dNSHostName', 'operatingSystem',
            'lastLogonTimestamp', 'adminCount', 'msDS-SupportedEncryptionTypes', 'msDS-AllowedToDelegateTo', 'msDS-KeyVersionNumber'
        )
        # A schema before Windows Server 2012 R2 or 2016 lacks these, and refuses the whole question then.
        $later = @(
            'msDS-AllowedToActOnBehalfOfOtherIdentity', 'msDS-KeyCredentialLink', 'msDS-AssignedAuthNPolicy', 'msDS-AssignedAuthNPolicySilo'
        )
        Export-Facts 'accounts.xml' 'Get-ADObject' {
            param($file)
            $filter = '(|(objectCategory=computer)(servicePrincipalName=*))'
            try {
                $found = @(Get-ADObject -LDAPFilter $filter -Properties ($attributes + $later))
            } catch [ArgumentException] {
                $found = @(Get-ADObject -LDAPFilter $filter -Properties $attributes)
            }
            $found | Export-Clixml -Path $file
        }
        Export-Facts 'groups.xml' 'Get-ADObject' {
            param($file)
            $asked = @('objectClass', 'objectCategory', 'sAMAccountName', 'objectSid', 'member', 'memberOf', 'whenChanged')
            Get-ADObject -LDAPFilter '(&(objectClass=group)(sAMAccountName=RTC*))' -Properties $asked | Export-Clixml -Path $file
        }
        Export-Facts 'domains.xml' 'Get-ADObject' {
            param($file)
            $partitions = 'CN=Partitions,' + (Get-ADRootDSE).configurationNamingContext
            $asked = @('objectClass', 'cn', 'nCName', 'dnsRoot', 'nETBIOSName')
            Get-ADObject -SearchBase $partitions -LDAPFilter '(objectClass=crossRef)' -Properties $asked | Export-Clixml -Path $file
        }
    } else {
        Add-Missing 'accounts.xml' 'Get-ADObject' 'there is no Active Directory module here; ldifde exports the same, as the page of kerbsync init says'
    }
}

if (-not $SkipTest) {
    $number = 0
    foreach ($assigned in @(Get-CsKerberosAccountAssignment | ForEach-Object { $_.Identity.ToString() } | Sort-Object -Unique)) {
        $number++
        if ($wanted.Count -gt 0 -and $wanted -notcontains $assigned) { continue }
        # The file that is read is the XML beside the page.
        Export-Facts "reports/Test-$number.xml" "Test-CsKerberosAccountAssignment -Identity $assigned" {
            param($file)
            $page = [IO.Path]::ChangeExtension($file, '.html')
            # What the test finds is in its report: an error of the cmdlet is no reason to stop.
            Test-CsKerberosAccountAssignment -Identity $assigned -Report $page -ErrorAction Continue
            if (-not (Test-Path -LiteralPath $file)) { throw "no XML was written beside '$page'" }
        }
    }
}

$manifest = [ordered]@{ schema = 'kerbsync.manifest/v1'; files = @($files); missing = @($missing) }
[IO.File]::WriteAllText((Join-Path $root 'manifest.json'), ($manifest | ConvertTo-Json -Depth 4), (New-Object Text.UTF8Encoding $false))
Write-Host "$($files.Count) files in $root, $($missing.Count) not had. Next: kerbsync audit $root"
