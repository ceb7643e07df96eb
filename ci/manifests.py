"""Writes the winget and Scoop manifests of the Windows archive: manifests.py VERSION FOLDER [URL-OF-THE-RELEASE]

The digest is that of the archive in FOLDER. Without a URL the manifests are written for a release that is yet to be uploaded,
with the address of the project's releases."""
import hashlib
import json
import pathlib
import sys

PROJECT = "https://github.com/kerbsync/kerbsync"


def main():
    version, folder, url = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    url = url or f"{PROJECT}/releases/download/v{version}"
    archives = sorted(folder.glob(f"kerbsync-{version}-x86_64-pc-windows-*.zip"))
    if not archives:
        sys.exit(f"error: no Windows archive in {folder}; run ci/dist archive first")
    # The build with Microsoft's linker is the one that is released; the other is what Debian can build.
    archive = next((a for a in archives if a.stem.endswith("msvc")), archives[0])
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    inside = f"{archive.stem}\\kerbsync.exe"
    about = "Offline audit and synchronisation of the Kerberos web-authentication account of Lync and Skype for Business Server"

    scoop = {
        "version": version,
        "description": about,
        "homepage": PROJECT,
        "license": "MIT|Apache-2.0",
        "architecture": {"64bit": {"url": f"{url}/{archive.name}", "hash": digest, "extract_dir": archive.stem}},
        "bin": "kerbsync.exe",
        "checkver": "github",
    }
    (folder / "kerbsync.json").write_text(json.dumps(scoop, indent=4) + "\n")

    head = f"PackageIdentifier: kerbsync.kerbsync\nPackageVersion: {version}\n"
    schema = "ManifestVersion: 1.6.0\n"
    (folder / "kerbsync.kerbsync.yaml").write_text(f"{head}DefaultLocale: en-US\nManifestType: version\n{schema}")
    (folder / "kerbsync.kerbsync.locale.en-US.yaml").write_text(
        f"{head}PackageLocale: en-US\nPublisher: kerbsync\nPackageName: kerbsync\nPackageUrl: {PROJECT}\n"
        f"License: MIT OR Apache-2.0\nShortDescription: {about}\nManifestType: defaultLocale\n{schema}"
    )
    (folder / "kerbsync.kerbsync.installer.yaml").write_text(
        f"{head}InstallerType: zip\nNestedInstallerType: portable\nNestedInstallerFiles:\n"
        f"- RelativeFilePath: {inside}\n  PortableCommandAlias: kerbsync\nInstallers:\n- Architecture: x64\n"
        f"  InstallerUrl: {url}/{archive.name}\n  InstallerSha256: {digest.upper()}\nManifestType: installer\n{schema}"
    )
    print(f"manifests for {archive.name}")


main()
