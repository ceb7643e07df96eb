# Writes the exports of the deployment to a folder. Reads only.
param([Parameter(Mandatory = $true)][string]$Folder)
$ErrorActionPreference = 'Stop'
New-Item -ItemType Directory -Force -Path $Folder | Out-Null
(Get-CsTopology -AsXml).ToString() | Out-File (Join-Path $Folder 'topology.xml')
Get-CsKerberosAccountAssignment | Export-Clixml (Join-Path $Folder 'assignments.xml')
& ldifde -f (Join-Path $Folder 'accounts.ldf') -r '(|(objectClass=computer)(objectClass=user)(objectClass=group)(objectClass=crossRef))' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "ldifde ended with $LASTEXITCODE" }
