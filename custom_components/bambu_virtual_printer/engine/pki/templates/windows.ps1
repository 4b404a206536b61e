<#
.SYNOPSIS
Makes Bambu Studio and OrcaSlicer on this computer trust your virtual printers.

.DESCRIPTION
Adds one certificate to the slicers' own file printer.cer. It holds no secret and may be kept and run again, for
example after an update of a slicer. Works with Windows PowerShell 5.1 and later.

Exit status: 0 done or nothing to do; 1 a slicer does not trust it (-Check) or could not be changed; 2 wrong arguments;
3 no slicer found; 4 administrator rights are needed.
#>
param(
    # Say which slicers trust it; changes nothing.
    [switch]$Check,
    # Take it out again.
    [switch]$Undo,
    # Say what would be done.
    [switch]$DryRun,
    # Explain.
    [switch]$Help,
    # Use these instead of looking for slicers: printer.cer, or folders.
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Place
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$FileName = '@FILE_NAME@'
$CertificatePem = @'
@CERTIFICATE@
'@
$Sha256 = '@SHA256@'
# The DER of the certificate's name, in hex. Slicers confuse authorities of one name, so there may be only one of it.
$Name = '@NAME@'

$Ordinal = [StringComparison]::Ordinal
$BackupSuffix = '.before-virtual-printers'
$Begin = '-----BEGIN CERTIFICATE-----'
$End = '-----END CERTIFICATE-----'
# The bytes of a file one by one, whatever its encoding.
$Latin1 = [Text.Encoding]::GetEncoding(28591)
$Utf8Bom = $Latin1.GetString([byte[]](0xEF, 0xBB, 0xBF))

$Done = 0
$Failed = 1
$Usage = 2
$NotFound = 3
$NeedsAdministrator = 4

$script:Status = $Done
$script:Changed = $false

function Show-Usage {
    Write-Output @"
Makes Bambu Studio and OrcaSlicer trust the virtual printers of Home Assistant.

  $FileName             add the certificate to every slicer found
  $FileName -Check      say which slicers trust it; changes nothing
  $FileName -Undo       take it out again
  $FileName -DryRun     say what would be done; also with -Undo
  $FileName PLACE...    use these instead of looking for slicers: printer.cer, or folders

Certificate (SHA-256):
  $Sha256

Exit status: 0 done or nothing to do; 1 a slicer does not trust it (-Check) or could not be changed;
2 wrong arguments; 3 no slicer found; 4 administrator rights are needed.
"@
}

# Remembers the exit status of what goes wrong; the highest is the one that helps most.
function Set-Result([int]$Value) {
    if ($Value -gt $script:Status) { $script:Status = $Value }
}

function ConvertTo-Hex([byte[]]$Bytes) {
    return [BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant()
}

function Get-Body([string]$Pem) {
    return $Pem.Replace($Begin, '').Replace($End, '') -replace '[^A-Za-z0-9+/=]', ''
}

# An authority is its own issuer: its name stands in it twice.
function Test-Namesake([string]$Body) {
    try { $hex = ConvertTo-Hex ([Convert]::FromBase64String($Body)) } catch { return $false }
    $first = $hex.IndexOf($Name, $Ordinal)
    return $first -ge 0 -and $hex.IndexOf($Name, $first + $Name.Length, $Ordinal) -ge 0
}

# Takes a bundle's text apart: the text with line breaks mended, and whose certificates it holds.
function Read-Bundle([string]$Text) {
    $repairs = 0
    if ($Text.StartsWith($Utf8Bom, $Ordinal)) {
        $Text = $Text.Substring($Utf8Bom.Length)
        $repairs++
    }
    $newline = "`n"
    if ($Text -match '\A[^\n]*\r\n') { $newline = "`r`n" }
    # Pasted without a newline in between, a certificate cannot be read.
    if ($Text.Contains($End + $Begin)) {
        $Text = $Text.Replace($End + $Begin, $End + $newline + $Begin)
        $repairs++
    }
    $lines = @($Text -split '\r?\n')
    if ($lines[$lines.Count - 1] -eq '') { $lines = @($lines | Select-Object -First ($lines.Count - 1)) }
    $bundle = @{
        Newline = $newline; Pieces = New-Object Collections.ArrayList; Others = New-Object Collections.ArrayList
        Ours = 0; Older = 0; Repairs = $repairs; Damaged = $Text.IndexOf([char]0) -ge 0
    }
    $block = $null
    foreach ($line in $lines) {
        if ($line.Contains($Begin)) {
            if ($null -ne $block) { $bundle.Damaged = $true }
            $block = New-Object Collections.ArrayList
        }
        if ($null -eq $block) {
            if ($line.Contains($End)) { $bundle.Damaged = $true }
            [void]$bundle.Pieces.Add(@{ Kind = 'Text'; Text = $line })
            continue
        }
        [void]$block.Add($line)
        if (-not $line.Contains($End)) { continue }
        $piece = @{ Kind = 'Other'; Text = $block -join $newline }
        $body = Get-Body $piece.Text
        if ($body -ceq $OurBody) {
            $piece.Kind = 'Ours'
            $bundle.Ours++
        } elseif (Test-Namesake $body) {
            $piece.Kind = 'Older'
            $bundle.Older++
        } else {
            [void]$bundle.Others.Add($body)
        }
        [void]$bundle.Pieces.Add($piece)
        $block = $null
    }
    if ($null -ne $block) { $bundle.Damaged = $true }
    return $bundle
}

function Get-Bundle([string]$File) {
    return Read-Bundle ($Latin1.GetString([IO.File]::ReadAllBytes($File)))
}

function Test-SameOthers($One, $Other) {
    return ($One.Others -join ' ') -ceq ($Other.Others -join ' ')
}

# The bundle's text without certificates of these kinds.
function Get-TextWithout($Bundle, [string[]]$Kinds) {
    $text = ''
    foreach ($piece in $Bundle.Pieces) {
        if ($Kinds -notcontains $piece.Kind) { $text += $piece.Text + $Bundle.Newline }
    }
    return $text
}

# Writes the new file beside the old one and puts it into its place in one step, with owner and rights kept.
function Set-Bundle([string]$File, [byte[]]$Bytes) {
    $temporary = "$File.$([Guid]::NewGuid().ToString('N'))"
    try {
        [IO.File]::WriteAllBytes($temporary, $Bytes)
        [IO.File]::Replace($temporary, $File, [NullString]::Value)
        $script:Changed = $true
    } finally {
        if (Test-Path -LiteralPath $temporary) { Remove-Item -LiteralPath $temporary -Force }
    }
}

function Install-Into([string]$File, $Bundle) {
    if ($Bundle.Ours -eq 1 -and $Bundle.Older -eq 0 -and $Bundle.Repairs -eq 0) {
        Write-Output '  trusts your virtual printers already'
        return
    }
    if ($Bundle.Others.Count -eq 0) {
        Write-Output '  warning: no certificate of Bambu Lab is left in it, so real printers will not connect; reinstall the slicer, then run this again'
    }
    if ($DryRun) {
        Write-Output '  would be made to trust your virtual printers'
        return
    }
    $backup = $File + $BackupSuffix
    # A slicer's update brings a new file; the backup of the one before it is of no more use.
    if (-not (Test-Path -LiteralPath $backup) -or -not (Test-SameOthers $Bundle (Get-Bundle $backup))) {
        Copy-Item -LiteralPath $File -Destination $backup -Force
    }
    $text = Get-TextWithout $Bundle @('Ours', 'Older')
    foreach ($line in $CertificatePem.Trim() -split '\r?\n') { $text += $line + $Bundle.Newline }
    Set-Bundle $File ($Latin1.GetBytes($text))
    if ($Bundle.Older -gt 0) { Write-Output '  another certificate of the same name was replaced: there can be only one' }
    if ($Bundle.Ours -gt 1) { Write-Output '  surplus copies were removed' }
    if ($Bundle.Repairs -gt 0) { Write-Output '  damaged line breaks were repaired' }
    Write-Output "  trusts your virtual printers now; the file as it was: $backup"
}

function Undo-In([string]$File, $Bundle) {
    $backup = $File + $BackupSuffix
    $bytes = $null
    if ((Test-Path -LiteralPath $backup) -and (Test-SameOthers $Bundle (Get-Bundle $backup))) {
        $bytes = [IO.File]::ReadAllBytes($backup)
    } elseif ($Bundle.Ours -gt 0) {
        $bytes = $Latin1.GetBytes((Get-TextWithout $Bundle @('Ours')))
    } else {
        Write-Output '  holds nothing of your virtual printers'
        return
    }
    if ($DryRun) {
        Write-Output '  would be put back as it was'
        return
    }
    Set-Bundle $File $bytes
    if (Test-Path -LiteralPath $backup) { Remove-Item -LiteralPath $backup -Force }
    Write-Output '  is as it was before'
}

function Test-In($Bundle) {
    if ($Bundle.Ours -gt 0 -and $Bundle.Older -eq 0 -and $Bundle.Repairs -eq 0) {
        Write-Output "  trusts your virtual printers; certificates of others in it: $($Bundle.Others.Count)"
        return
    }
    if ($Bundle.Older -gt 0) {
        Write-Output '  holds another certificate of the same name; run this script without -Check'
    } elseif ($Bundle.Repairs -gt 0) {
        Write-Output '  has damaged line breaks; run this script without -Check'
    } else {
        Write-Output '  does not trust your virtual printers; run this script without -Check'
    }
    Set-Result $Failed
}

function Update-Slicer([string]$File) {
    Write-Output $File
    try {
        $bundle = Get-Bundle $File
        if ($bundle.Damaged) {
            Write-Output '  is damaged and was left alone; reinstall the slicer, then run this again'
            Set-Result $Failed
        } elseif ($Check) {
            Test-In $bundle
        } elseif ($Undo) {
            Undo-In $File $bundle
        } else {
            Install-Into $File $bundle
        }
    } catch {
        $cause = $_.Exception.GetBaseException()
        if ($cause -is [UnauthorizedAccessException]) {
            Write-Output '  needs administrator rights'
            Set-Result $NeedsAdministrator
        } else {
            Write-Output "  could not be changed; it is as it was: $($cause.Message)"
            Set-Result $Failed
        }
    }
}

# Where programs are installed: for everybody, for this user alone, and wherever an installer noted down.
function Get-ProgramFolder {
    foreach ($base in @($env:ProgramFiles, ${env:ProgramFiles(x86)}, $env:ProgramW6432, $env:LOCALAPPDATA)) {
        if (-not $base) { continue }
        foreach ($parent in @($base, (Join-Path $base 'Programs'))) {
            if (-not (Test-Path -LiteralPath $parent)) { continue }
            Get-ChildItem -LiteralPath $parent -Directory -ErrorAction SilentlyContinue |
                Where-Object { $_.Name -match 'bambu.*studio|orca.*slicer' } | ForEach-Object { $_.FullName }
        }
    }
    foreach ($hive in @('HKLM:\SOFTWARE', 'HKLM:\SOFTWARE\WOW6432Node', 'HKCU:\SOFTWARE')) {
        $key = "$hive\Microsoft\Windows\CurrentVersion\Uninstall"
        if (-not (Test-Path $key -ErrorAction SilentlyContinue)) { continue }
        foreach ($entry in Get-ChildItem $key -ErrorAction SilentlyContinue) {
            if ("$($entry.GetValue('DisplayName'))" -notmatch 'bambu.*studio|orca.*slicer') { continue }
            $folder = "$($entry.GetValue('InstallLocation'))".Trim('"')
            if (-not $folder) {
                $uninstaller = "$($entry.GetValue('UninstallString'))" -replace '^"([^"]+)".*', '$1'
                if ($uninstaller) { $folder = Split-Path -Parent $uninstaller }
            }
            if ($folder) { $folder }
        }
    }
}

function Find-Bundle([string]$Folder) {
    if (-not (Test-Path -LiteralPath $Folder -PathType Container)) { return }
    $direct = Join-Path $Folder 'printer.cer'
    if (Test-Path -LiteralPath $direct -PathType Leaf) { return $direct }
    Get-ChildItem -LiteralPath $Folder -Recurse -File -Filter 'printer.cer' -ErrorAction SilentlyContinue |
        Where-Object { $_.Directory.Name -eq 'cert' } | ForEach-Object { $_.FullName }
}

if ($Help) {
    Show-Usage
    exit $Done
}
foreach ($word in @($Place)) {
    if ("$word".StartsWith('-', $Ordinal)) {
        Write-Output "unknown option $word"
        Show-Usage
        exit $Usage
    }
}

$OurBody = Get-Body $CertificatePem
$hash = [Security.Cryptography.SHA256]::Create().ComputeHash([Convert]::FromBase64String($OurBody))
if ([BitConverter]::ToString($hash).Replace('-', ':') -cne $Sha256) {
    Write-Output 'This script was changed on its way; download it again.'
    exit $Failed
}

$files = @()
if ($Place) {
    foreach ($item in $Place) {
        $here = @()
        if (Test-Path -LiteralPath $item -PathType Leaf) {
            $here = @((Resolve-Path -LiteralPath $item).ProviderPath)
        } elseif (Test-Path -LiteralPath $item) {
            $here = @(Find-Bundle (Resolve-Path -LiteralPath $item).ProviderPath)
        }
        if ($here.Count -eq 0) {
            Write-Output "${item}: no printer.cer found"
            Set-Result $NotFound
        }
        $files += $here
    }
} else {
    foreach ($folder in @(Get-ProgramFolder)) { $files += @(Find-Bundle $folder) }
    if ($files.Count -eq 0) { Write-Output "No slicer was found. Name its folder: $FileName FOLDER" }
}
$files = @($files | Sort-Object -Unique)
if ($files.Count -eq 0) { exit $NotFound }

foreach ($file in $files) { Update-Slicer $file }

if ($script:Status -eq $NeedsAdministrator) {
    $words = @('-NoExit', '-ExecutionPolicy', 'Bypass', '-File', "`"$PSCommandPath`"")
    if ($Undo) { $words += '-Undo' }
    if ($DryRun) { $words += '-DryRun' }
    foreach ($item in @($Place)) {
        if ($item) { $words += "`"$((Resolve-Path -LiteralPath $item).ProviderPath)`"" }
    }
    $list = ($words -join ' ').Replace("'", "''")
    Write-Output "Run this to go on: Start-Process powershell -Verb RunAs -ArgumentList '$list'"
}
if ($script:Changed) {
    Write-Output 'Now quit the slicer completely and start it again. Run this script again after each update of the slicer.'
}
exit $script:Status
