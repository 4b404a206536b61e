"""Where it is read what to do about what a setup check found."""

from .report import Finding, Outcome

_ADDRESS = ("networks", "an-address-for-each-printer")
_PORTS = ("networks", "ports-that-are-taken")
_FIREWALL = ("networks", "firewall")
_FOUND = ("networks", "where-slicers-find-a-printer")
_TRUST = ("certificate", "with-a-script")
_LASTS = ("certificate", "how-long-it-lasts")
_SLICER = ("troubleshooting", "what-the-slicer-says")
_AWAY = ("shared", "when-something-is-away")
_REPAIRS = ("troubleshooting", "what-home-assistant-says")

_PAGES: dict[str, tuple[str, str]] = {
    "check_disabled": ("reference", "a-virtual-printer"),
    "check_failed": _REPAIRS,
    "check_not_running": _REPAIRS,
    "check_address_missing": _ADDRESS,
    "check_certificate_file_gone": _LASTS,
    "check_port_closed": _PORTS,
    "check_port_no_answer": _PORTS,
    "check_port_other_program": _PORTS,
    "check_port_refused": _PORTS,
    "check_port_in_use": _PORTS,
    "check_port_in_use_by": _PORTS,
    "check_port_forbidden": _REPAIRS,
    "check_port_failed": _PORTS,
    "check_redirect_unproved": _PORTS,
    "check_target_lost": ("proxy", "is-it-the-printer"),
    "check_not_announced": _FOUND,
    "check_announcements_stopped": _FOUND,
    "check_advertised_elsewhere": _FOUND,
    "check_ca_expired": _LASTS,
    "check_ca_expires": _LASTS,
    "check_not_trusted": _TRUST,
    "check_trust_unproved": _TRUST,
    "check_library_unusable": _REPAIRS,
    "check_disk_full": _REPAIRS,
    "check_shared_database_away": _AWAY,
    "check_shared_store_away": _AWAY,
    "check_no_client": _FIREWALL,
    "check_failure_not_trusted": _TRUST,
    "check_failure_tls": _TRUST,
    "check_failure_wrong_code": _SLICER,
    "check_failure_wrong_key": ("doors", "keys"),
    "check_failure_upload": _SLICER,
}


def page_of(finding: Finding) -> tuple[str, str] | None:
    """Return the page of the documentation, and its heading, that tells what to do; None where all is well."""
    return None if finding.outcome is Outcome.OK else _PAGES.get(finding.key)
