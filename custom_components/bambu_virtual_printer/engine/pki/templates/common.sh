#!/bin/sh
# Makes Bambu Studio and OrcaSlicer on this computer trust your virtual printers.
# Adds one certificate to the slicers' own file printer.cer; run it with --help for more.
# It holds no secret and may be kept and run again, for example after an update of a slicer.

set -u
: "${HOME:=/}"
[ -z "${ZSH_VERSION:-}" ] || emulate sh

FILE_NAME='@FILE_NAME@'
# Lets tests pretend that another folder is the root of the file system.
ROOT=${BVP_ROOT:-}

CERTIFICATE='@CERTIFICATE@'
SHA256='@SHA256@'
# The DER of the certificate's name, in hex. Slicers confuse authorities of one name, so there may be only one of it.
NAME='@NAME@'

BACKUP_SUFFIX='.before-virtual-printers'

DONE=0
FAILED=1
USAGE=2
NOT_FOUND=3
NEEDS_ROOT=4

usage() {
    cat <<END
Makes Bambu Studio and OrcaSlicer trust the virtual printers of Home Assistant.

  sh $FILE_NAME             add the certificate to every slicer found
  sh $FILE_NAME --check     say which slicers trust it; changes nothing
  sh $FILE_NAME --undo      take it out again
  sh $FILE_NAME --dry-run   say what would be done; also with --undo
  sh $FILE_NAME PLACE...    use these instead of looking for slicers: $PLACES_HELP

Certificate (SHA-256):
  $SHA256

Exit status: 0 done or nothing to do; 1 a slicer does not trust it (--check) or could not be changed;
2 wrong arguments; 3 no slicer found; 4 administrator rights are needed.
END
}

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

#@SYSTEM@

# Reads a bundle and writes what `mode` asks for: census (counts), others (the bodies of everybody else's
# certificates), install or remove (the new bundle).
bundle() { # mode file
    LC_ALL=C awk -v mode="$1" -v body="$BODY" -v name="$NAME" -v pem="$CERTIFICATE_LINES" '
        function value_of(character) { return index(alphabet, character) - 1 }
        function hex(base64,    i, j, digit, triple, text) {
            text = ""
            for (i = 1; i <= length(base64); i += 4) {
                triple = 0
                for (j = 0; j < 4; j++) {
                    digit = value_of(substr(base64, i + j, 1))
                    triple = triple * 64 + (digit < 0 ? 0 : digit)
                }
                text = text sprintf("%06x", triple)
            }
            return text
        }
        # An authority is its own issuer: its name stands in it twice.
        function is_namesake(base64,    text, at) {
            text = hex(base64)
            at = index(text, name)
            return at > 0 && index(substr(text, at + length(name)), name) > 0
        }
        function emit(text) {
            if (mode == "install" || mode == "remove") printf "%s%s", text, eol
        }
        function settle() {
            inside = 0
            if (current == body) {
                ours++
                return
            }
            if (is_namesake(current)) {
                older++
                if (mode == "install") return
            } else {
                others++
                if (mode == "others") print current
            }
            emit(block)
        }
        function take(line) {
            if (line ~ /-----BEGIN CERTIFICATE-----/) {
                if (inside) damaged++
                inside = 1
                block = line
                current = ""
            } else if (inside) {
                block = block eol line
                if (line ~ /-----END CERTIFICATE-----/) {
                    settle()
                } else {
                    gsub(/[^A-Za-z0-9+\/=]/, "", line)
                    current = current line
                }
            } else {
                if (line ~ /-----END CERTIFICATE-----/) damaged++
                emit(line)
            }
        }
        BEGIN {
            alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            eol = "\n"
        }
        NR == 1 {
            if (sub(/^\357\273\277/, "")) repairs++
            if (/\r$/) eol = "\r\n"
        }
        {
            sub(/\r$/, "")
            # Pasted without a newline in between, a certificate cannot be read.
            repairs += gsub(/-----END CERTIFICATE----------BEGIN CERTIFICATE-----/,
                "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----")
            count = split($0, lines, "\n")
            if (count == 0) take("")
            for (i = 1; i <= count; i++) take(lines[i])
        }
        END {
            if (inside) damaged++
            if (mode == "install") {
                count = split(pem, lines, " ")
                for (i = 1; i <= count; i++) {
                    gsub(/_/, " ", lines[i])
                    emit(lines[i])
                }
            }
            if (mode == "census") print ours + 0, older + 0, others + 0, repairs + 0, damaged + 0
        }
    ' "$2"
}

# Sets OURS, OLDER, OTHERS, REPAIRS and DAMAGED to what a bundle holds.
count_certificates() { # file
    counts=$(bundle census "$1") || return 1
    read -r OURS OLDER OTHERS REPAIRS DAMAGED <<END
$counts
END
}

# The SHA-256 of the embedded certificate by whatever tool there is; empty without one.
own_fingerprint() {
    if command -v openssl >/dev/null 2>&1; then
        printf '%s\n' "$CERTIFICATE" | openssl x509 -noout -fingerprint -sha256 2>/dev/null | sed 's/.*=//'
    elif command -v base64 >/dev/null 2>&1 && command -v sha256sum >/dev/null 2>&1; then
        printf '%s' "$BODY" | base64 -d 2>/dev/null | sha256sum | cut -c1-64 | tr abcdef ABCDEF | sed 's/../&:/g; s/:$//'
    fi
}

same_others() { # file file
    [ "$(bundle others "$1")" = "$(bundle others "$2")" ]
}

# Writes the new bundle beside the old one and puts it into its place in one step, with owner and mode kept. A new file,
# not the old one rewritten: Flatpak's files are hard links into its store.
put() { # mode-or-backup file
    TEMPORARY=$(mktemp "$2.XXXXXX" 2>/dev/null) || return 1
    cp -p "$2" "$TEMPORARY" 2>/dev/null && chmod u+w "$TEMPORARY" || return 1
    case $1 in
    install | remove) bundle "$1" "$2" ;;
    *) cat "$1" ;;
    esac >"$TEMPORARY" 2>/dev/null || return 1
    # A full disk must not cost anybody a certificate.
    same_others "$2" "$TEMPORARY" || return 1
    case $1 in
    install) [ "$(bundle census "$TEMPORARY")" = "1 0 $OTHERS 0 0" ] || return 1 ;;
    esac
    case $(ls -ld "$2") in
    -r-*) chmod u-w "$TEMPORARY" || return 1 ;;
    esac
    mv -f "$TEMPORARY" "$2" 2>/dev/null || return 1
    TEMPORARY=
}

discard_temporary() {
    [ -z "${TEMPORARY:-}" ] || rm -f "$TEMPORARY"
    TEMPORARY=
}

# Remembers the exit status of what goes wrong; the highest is the one that helps most.
result() { # status
    [ "$1" -le "$STATUS" ] || STATUS=$1
}

refused() { # file
    discard_temporary
    if [ "$(id -u)" -ne 0 ] && ! [ -w "$(dirname "$1")" ]; then
        complain "  needs administrator rights"
        result "$NEEDS_ROOT"
    else
        complain "  could not be changed; it is as it was"
        explain_refusal "$1"
        result "$FAILED"
    fi
}

# True if the folder lets a new file be put into it; says what to do if not.
may_write() { # file
    [ -w "$(dirname "$1")" ] && return 0
    refused "$1"
    return 1
}

install_into() { # file
    backup=$1$BACKUP_SUFFIX
    if [ "$OURS" -eq 1 ] && [ "$OLDER" -eq 0 ] && [ "$REPAIRS" -eq 0 ]; then
        say "  trusts your virtual printers already"
        return
    fi
    [ "$OTHERS" -gt 0 ] || complain "  warning: no certificate of Bambu Lab is left in it, so real printers will not connect; reinstall the slicer, then run this again"
    if [ -n "$DRY_RUN" ]; then
        say "  would be made to trust your virtual printers"
        return
    fi
    may_write "$1" || return
    # A slicer's update brings a new file; the backup of the one before it is of no more use.
    if ! [ -f "$backup" ] || ! same_others "$1" "$backup"; then
        cp -p "$1" "$backup" 2>/dev/null || {
            refused "$1"
            return
        }
    fi
    put install "$1" || {
        refused "$1"
        return
    }
    [ "$OLDER" -eq 0 ] || say "  another certificate of the same name was replaced: there can be only one"
    [ "$OURS" -lt 2 ] || say "  surplus copies were removed"
    [ "$REPAIRS" -eq 0 ] || say "  damaged line breaks were repaired"
    say "  trusts your virtual printers now; the file as it was: $backup"
    CHANGED=1
}

undo_in() { # file
    backup=$1$BACKUP_SUFFIX
    source=remove
    if [ -f "$backup" ] && same_others "$1" "$backup"; then
        source=$backup
    elif [ "$OURS" -eq 0 ]; then
        say "  holds nothing of your virtual printers"
        return
    fi
    if [ -n "$DRY_RUN" ]; then
        say "  would be put back as it was"
        return
    fi
    may_write "$1" || return
    put "$source" "$1" || {
        refused "$1"
        return
    }
    rm -f "$backup"
    say "  is as it was before"
    CHANGED=1
}

check_in() { # file
    if [ "$OURS" -gt 0 ] && [ "$OLDER" -eq 0 ] && [ "$REPAIRS" -eq 0 ]; then
        say "  trusts your virtual printers; certificates of others in it: $OTHERS"
        return
    elif [ "$OLDER" -gt 0 ]; then
        say "  holds another certificate of the same name; run this script without --check"
    elif [ "$REPAIRS" -gt 0 ]; then
        say "  has damaged line breaks; run this script without --check"
    else
        say "  does not trust your virtual printers; run this script without --check"
    fi
    result "$FAILED"
}

handle() { # file
    file=$1
    while [ -L "$file" ]; do
        target=$(readlink "$file") || break
        case $target in
        /*) file=$target ;;
        *) file=$(dirname "$file")/$target ;;
        esac
    done
    say "$file"
    if ! [ -r "$file" ] || ! count_certificates "$file"; then
        complain "  cannot be read"
        result "$FAILED"
    elif
        # shellcheck disable=SC2094
        [ "$DAMAGED" -gt 0 ] || ! tr -d '\000' <"$file" | cmp -s - "$file"
    then
        complain "  is damaged and was left alone; reinstall the slicer, then run this again"
        result "$FAILED"
    else
        case $VERB in
        install) install_into "$file" ;;
        undo) undo_in "$file" ;;
        check) check_in "$file" ;;
        esac
    fi
}

bundles_below() { # folder
    find "$1/" \( -type f -o -type l \) -path '*/cert/printer.cer' 2>/dev/null
}

find_place() { # place
    if [ -d "$1" ]; then
        if [ -f "$1/printer.cer" ]; then
            say "$1/printer.cer"
        else
            bundles_below "$1"
        fi
    elif [ -f "$1" ]; then
        find_in_file "$1"
    fi
}

main() {
    VERB=install
    DRY_RUN=
    CHANGED=
    STATUS=$DONE
    found=
    arguments=
    while [ $# -gt 0 ]; do
        case $1 in
        --check) VERB=check ;;
        --undo) VERB=undo ;;
        --dry-run) DRY_RUN=1 ;;
        -h | --help)
            usage
            return "$DONE"
            ;;
        --)
            arguments="$arguments --"
            shift
            break
            ;;
        -*)
            complain "unknown option $1"
            usage >&2
            return "$USAGE"
            ;;
        *) break ;;
        esac
        arguments="$arguments $1"
        shift
    done
    BODY=$(printf '%s\n' "$CERTIFICATE" | sed '/^-----/d' | tr -d '\n')
    # awk takes no newline in a variable.
    CERTIFICATE_LINES=$(printf '%s\n' "$CERTIFICATE" | tr ' \n' '_ ')
    fingerprint=$(own_fingerprint)
    if [ -n "$fingerprint" ] && [ "$fingerprint" != "$SHA256" ]; then
        complain "This script was changed on its way; download it again."
        return "$FAILED"
    fi
    TEMPORARY=
    trap 'discard_temporary' EXIT
    trap 'exit 130' HUP INT TERM

    if [ $# -gt 0 ]; then
        for place in "$@"; do
            arguments="$arguments $(quoted "$place")"
            here=$(find_place "$place")
            if [ -z "$here" ]; then
                complain "$place: no printer.cer found"
                result "$NOT_FOUND"
            fi
            found="$found
$here"
        done
    else
        found=$(find_slicers)
    fi
    found=$(printf '%s\n' "$found" | sed '/^$/d' | sort -u)
    if [ -z "$found" ]; then
        [ $# -gt 0 ] || complain "No slicer was found. Name its folder: sh $FILE_NAME FOLDER"
        [ $# -gt 0 ] || mention_others
        return "$NOT_FOUND"
    fi
    while IFS= read -r bundle_file; do
        handle "$bundle_file"
    done <<END
$found
END
    [ $# -gt 0 ] || mention_others
    if [ "$STATUS" -eq "$NEEDS_ROOT" ]; then
        script=$FILE_NAME
        [ ! -f "$0" ] || script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
        complain "Run this to go on: sudo sh $(quoted "$script")$arguments"
    fi
    [ -z "$CHANGED" ] || say "Now quit the slicer completely and start it again. Run this script again after each update of the slicer."
    return "$STATUS"
}

main "$@"
