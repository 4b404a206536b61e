PLACES_HELP='printer.cer, a folder, or an AppImage'

# Under sudo the slicers are still those of the person who called it.
homes() {
    say "$HOME"
    case ${SUDO_USER:-root} in
    root | *[!A-Za-z0-9._-]*) ;;
    *) getent passwd "$SUDO_USER" 2>/dev/null | cut -d: -f6 ;;
    esac
}

# Distribution packages and unpacked archives, in folders of the slicers' names.
find_packages() { # folder...
    for base in "$@"; do
        for folder in "$base"/*[Bb]ambu*[Ss]tudio* "$base"/*[Oo]rca*[Ss]licer*; do
            [ ! -d "$folder" ] || bundles_below "$folder"
        done
    done
}

# Flatpak: every architecture, branch and installation.
find_flatpaks() { # installation
    for folder in "$1"/app/*[Bb]ambu[Ss]tudio*/*/*/active/files "$1"/app/*[Oo]rca[Ss]licer*/*/*/active/files; do
        [ ! -d "$folder" ] || bundles_below "$folder"
    done
}

find_slicers() {
    find_packages "$ROOT/opt" "$ROOT/usr/share" "$ROOT/usr/lib" "$ROOT/usr/lib64" "$ROOT/usr/local" \
        "$ROOT/usr/local/share" "$ROOT/usr/local/lib"
    find_flatpaks "$ROOT/var/lib/flatpak"
    homes | sort -u | while IFS= read -r home; do
        find_packages "$home/.local/share" "$home/.local/opt" "$home/.local" "$home/opt" "$home/bin" \
            "$home/Applications" "$home/AppImages" "$home/Downloads" "$home/Desktop"
        find_flatpaks "$home/.local/share/flatpak"
    done
}

# An AppImage is one read-only file. It is unpacked beside itself, and that folder is started from then on.
find_in_file() { # file
    case $1 in
    *.[Aa]pp[Ii]mage) ;;
    *)
        say "$1"
        return
        ;;
    esac
    folder=${1%.*}.unpacked
    if ! [ -d "$folder" ] && [ "$VERB" = install ] && [ -z "$DRY_RUN" ]; then
        unpack "$1" "$folder" >&2 || return
    fi
    [ ! -d "$folder" ] || bundles_below "$folder"
}

unpack() { # AppImage folder
    image=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
    scratch=$(mktemp -d "$2.XXXXXX") || {
        complain "$1: cannot be unpacked here; move it to a folder of your own first"
        return 1
    }
    say "$1: is being unpacked; this takes a minute"
    chmod u+x "$image" 2>/dev/null
    if (cd "$scratch" && "$image" --appimage-extract >/dev/null) && mv "$scratch/squashfs-root" "$2"; then
        rmdir "$scratch"
        say "From now on start $(quoted "$2/AppRun") instead of the AppImage; the AppImage itself cannot be changed."
        return 0
    fi
    rm -rf "$scratch"
    complain "$1: cannot be unpacked"
    return 1
}

# AppImages in the usual places that were not unpacked yet.
mention_others() {
    homes | sort -u | while IFS= read -r home; do
        for image in "$home"/*.[Aa]pp[Ii]mage "$home"/*/*.[Aa]pp[Ii]mage "$home"/.local/bin/*.[Aa]pp[Ii]mage \
            "$ROOT"/opt/*.[Aa]pp[Ii]mage "$ROOT"/usr/local/bin/*.[Aa]pp[Ii]mage; do
            case $image in
            *[Bb]ambu*[Ss]tudio* | *[Oo]rca*[Ss]licer*) ;;
            *) continue ;;
            esac
            if [ -f "$image" ] && ! [ -d "${image%.*}.unpacked" ]; then
                say "$image"
                say "  is an AppImage, which cannot be changed. Unpack a copy that trusts your virtual printers: sh $FILE_NAME $(quoted "$image")"
            fi
        done
    done
}

explain_refusal() { # file
    complain "  its disk may be full or read-only: unlock the system (for example with steamos-readonly disable), or use the slicer's Flatpak or an unpacked AppImage"
}
