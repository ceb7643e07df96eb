# Writes the key containers of this server to a folder. They open its secrets.
param([Parameter(Mandatory = $true)][string]$Folder)
$ErrorActionPreference = 'Stop'
New-Item -ItemType Directory -Force -Path $Folder | Out-Null
& icacls $Folder /inheritance:r /grant:r 'BUILTIN\Administrators:(OI)(CI)F' | Out-Null
$tool = 'C:\Windows\Microsoft.NET\Framework64\v4.0.30319\aspnet_regiis.exe'
foreach ($container in 'iisConfigurationKey', 'iisWasKey') {
    & $tool -px $container (Join-Path $Folder "$container.xml") -pri | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "aspnet_regiis ended with $LASTEXITCODE for $container" }
}
