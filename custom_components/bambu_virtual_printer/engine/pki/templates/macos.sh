PLACES_HELP='printer.cer, or an application'

# Under sudo the slicers are still those of the person who called it.
homes() {
    say "$HOME"
    case ${SUDO_USER:-root} in
    root | *[!A-Za-z0-9._-]*) ;;
    *) dscl . -read "/Users/$SUDO_USER" NFSHomeDirectory 2>/dev/null | sed 's/^NFSHomeDirectory: //' ;;
    esac
}

find_slicers() {
    {
        say "$ROOT/Applications"
        homes | sed 's|$|/Applications|'
    } | sort -u | while IFS= read -r base; do
        for application in "$base"/*[Bb]ambu*[Ss]tudio*.app "$base"/*[Oo]rca*[Ss]licer*.app; do
            [ ! -d "$application" ] || bundles_below "$application"
        done
    done
}

find_in_file() { say "$1"; }

mention_others() { :; }

explain_refusal() { # file
    complain "  macOS protects applications from being changed: in System Settings > Privacy & Security > App Management"
    complain "  allow the program you run this in (Terminal), start that program again, and run this script again"
}
