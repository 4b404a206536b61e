"""How real printers are shown: their errors, their spools, and why they have not been given a job."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..engine.dispatch.power_states import PowerState
from ..engine.dispatch.reasons import Reason, ReasonKey
from ..engine.machines.codes import CodeSpace, ErrorCode, Severity
from ..engine.machines.values import Availability, MachineState, Spool
from ..engine.protocol.printer_models import find_model
from ..language.sentences import Sentence, Weight, sentence
from ..language.texts import Texts
from ..operations.plans import ShownTarget
from .filaments import load_sentence, place_name

_TELLS = {Severity.FATAL, Severity.SERIOUS, Severity.COMMON}


def error_text(error: ErrorCode, texts: Texts) -> str:
    """Say what an error means."""
    return error_sentence(error).text(texts)


def error_sentence(error: ErrorCode) -> Sentence:
    """Say what an error means."""
    return sentence(error.key, code=error.code, unit=error.unit, slot=error.slot or "")


def shown_error(state: MachineState) -> ErrorCode | None:
    """Return the error to show first: that of the print, or else the worst health message.

    A notice is none, nor is that a command was refused once: it stays until the next start.
    """
    if state.print_error and not state.print_error.is_cancellation:
        return state.print_error
    worst = [
        error
        for severity in (Severity.FATAL, Severity.SERIOUS, Severity.COMMON)
        for error in state.hms
        if error.severity is severity and not error.is_unverified_command
    ]
    return worst[0] if worst else None


def errors_view(state: MachineState, texts: Texts) -> list[dict[str, Any]]:
    """Show everything that the printer reports, that of the print first."""
    errors = state.hms if state.print_error is None else (state.print_error, *state.hms)
    return [
        {
            "code": error.code,
            "text": error_text(error, texts),
            "severity": error.severity.value if error.severity else None,
            "is_of_print": error.space is CodeSpace.PRINT_ERROR,
            "link": error.page,
        }
        for error in errors
    ]


def spool_text(spool: Spool, texts: Texts) -> str:
    """Name a spool in a word or two."""
    return (
        spool.sub_brand or spool.type or texts("spool_unknown")
        if spool.is_present
        else texts("spool_empty")
    )


def spool_view(spool: Spool, texts: Texts) -> dict[str, Any]:
    """Show a place for a spool and what is there."""
    return {
        "place": place_name(spool.place, texts),
        "is_present": spool.is_present,
        "type": spool.type or None,
        "name": spool.sub_brand or None,
        "color": f"#{spool.color[:6]}" if spool.color else None,
        "preset_id": spool.preset_id or None,
        "remaining_percent": spool.remaining_percent,
    }


# What a person reads, by what stands in the way; those with facts of their own are below.
_REASONS: Mapping[ReasonKey, str] = {
    ReasonKey.HELD: "waiting_on_hold",
    ReasonKey.SLICER_OPTIONS: "waiting_for_options",
    ReasonKey.NO_TARGET: "waiting_for_target",
    ReasonKey.NO_SUCH_PRINTER: "waiting_no_such_printer",
    ReasonKey.DRIVER_UNKNOWN: "waiting_driver_unknown",
    ReasonKey.LIBRARY_AWAY: "waiting_library_away",
    ReasonKey.FETCHING: "waiting_fetching",
    ReasonKey.FILAMENTS_UNKNOWN: "waiting_filaments_unknown",
    ReasonKey.NOT_ALLOWED: "waiting_not_allowed",
    ReasonKey.NO_NEWS: "waiting_no_news",
    ReasonKey.PHASE_UNKNOWN: "waiting_phase_unknown",
    ReasonKey.PRINTING: "waiting_printing",
    ReasonKey.TAKEN: "waiting_taken",
    ReasonKey.QUESTION: "waiting_question",
    ReasonKey.SETTLING: "waiting_settling",
    ReasonKey.POWERING_ON: "waiting_powering_on",
    ReasonKey.POWERING_OFF: "waiting_powering_off",
    ReasonKey.POWER_KEPT_OFF: "waiting_power_kept_off",
    ReasonKey.PLATE_NOT_CLEARED: "waiting_plate",
    ReasonKey.DEVELOPER_MODE_OFF: "waiting_developer_mode",
    ReasonKey.NO_STORAGE: "waiting_no_storage",
    ReasonKey.STORAGE_UNUSABLE: "waiting_storage_unusable",
    ReasonKey.STORAGE_FULL: "waiting_storage_full",
    ReasonKey.NO_TIME_LEFT: "waiting_no_time_left",
}

_OF_FILAMENT: Mapping[ReasonKey, str] = {
    ReasonKey.FILAMENT_MISSING: "waiting_filament",
    ReasonKey.FILAMENT_SHORT: "waiting_filament_short",
    ReasonKey.FILAMENT_AMOUNT_UNKNOWN: "waiting_filament_unknown",
}
_POWER: Mapping[PowerState, str] = {
    PowerState.NO_REPORT: "waiting_power_no_report",
    PowerState.SWITCH_FAILED: "waiting_power_switch_failed",
    PowerState.UNAVAILABLE: "waiting_power_unavailable",
}
_OFFLINE: Mapping[Availability, str] = {
    Availability.CONNECTING: "waiting_offline_connecting",
    Availability.ONLINE: "waiting_offline_online",
    Availability.OFFLINE: "waiting_offline_offline",
    Availability.LAN_ACCESS_OFF: "waiting_offline_lan_access_off",
    Availability.TOO_MANY_CLIENTS: "waiting_offline_too_many_clients",
    Availability.WRONG_CODE: "waiting_offline_wrong_code",
    Availability.WRONG_SERIAL: "waiting_offline_wrong_serial",
    Availability.UNTRUSTED: "waiting_offline_untrusted",
    Availability.CERTIFICATE_CHANGED: "waiting_offline_certificate_changed",
    Availability.SILENT: "waiting_offline_silent",
}
_PROBLEMS: Mapping[str, str] = {
    "file_gone": "problem_file_gone",
    "archive_deleted": "problem_archive_deleted",
    "taken_back": "problem_taken_back",
    "upload_unreachable": "problem_upload_unreachable",
    "upload_not_the_printer": "problem_upload_not_the_printer",
    "upload_wrong_code": "problem_upload_wrong_code",
    "upload_storage_full": "problem_upload_storage_full",
    "upload_storage_refused": "problem_upload_storage_refused",
    "upload_refused": "problem_upload_refused",
    "upload_broken_off": "problem_upload_broken_off",
    "upload_too_slow": "problem_upload_too_slow",
    "upload_file_unreadable": "problem_upload_file_unreadable",
    "file_not_made": "problem_file_not_made",
    "connection_lost": "problem_connection_lost",
    "start_refused": "problem_start_refused",
    "developer_mode_off": "problem_developer_mode_off",
    "busy": "problem_busy",
    "interrupted": "problem_interrupted",
    "not_started": "problem_not_started",
    "failed_before_printing": "problem_failed_before_printing",
    "failed": "problem_failed",
    "cancelled_at_printer": "problem_cancelled_at_printer",
    "replaced": "problem_replaced",
}


def reason_sentence(reason: Reason, targets: Mapping[str, ShownTarget]) -> Sentence:
    """Say why a job waits, and what to do about it; `targets` are the real printers by their ids."""
    shown = targets.get(reason.machine_id)
    printer = shown.name if shown else reason.machine_id
    match reason.key:
        case ReasonKey.SCHEDULED if reason.until:
            return sentence("waiting_scheduled", time=reason.until)
        case ReasonKey.RETRY if reason.until:
            return sentence(
                "waiting_retry",
                problem=problem_sentence(reason.problem),
                time=reason.until,
            )
        case ReasonKey.PROBLEM:
            return sentence("waiting_problem", problem=problem_sentence(reason.problem))
        case ReasonKey.NO_PRINTER_OF_MODEL:
            return sentence("waiting_no_printer_of_model", model=_model(reason.wanted))
        case ReasonKey.AT_OTHER_INSTANCE if reason.since:
            return sentence(
                "waiting_instance_away", instance=reason.instance, time=reason.since
            )
        case ReasonKey.AT_OTHER_INSTANCE:
            return sentence("waiting_at_other_instance", instance=reason.instance)
        case ReasonKey.DRIVEN_ELSEWHERE:
            return sentence(
                "waiting_driven_elsewhere", printer=printer, instance=reason.instance
            )
        case ReasonKey.OFFLINE:
            availability = reason.availability or Availability.OFFLINE
            return sentence(_OFFLINE[availability], printer=printer)
        case ReasonKey.POWER_TROUBLE if reason.power:
            return power_sentence(reason.power, printer)
        case ReasonKey.ERROR_STANDS if reason.error:
            return sentence(
                "waiting_error", printer=printer, error=error_sentence(reason.error)
            )
        case ReasonKey.WRONG_MODEL:
            return sentence(
                "waiting_wrong_model",
                printer=printer,
                wanted=_model(reason.wanted),
                found=_model(reason.found),
            )
        case ReasonKey.WRONG_NOZZLE:
            return sentence(
                "waiting_wrong_nozzle",
                printer=printer,
                wanted=reason.wanted,
                found=reason.found,
            )
        case ReasonKey.LIMIT_REACHED if reason.until:
            return sentence(
                "waiting_limit_reached",
                person=reason.person,
                limit=_limit(reason),
                time=reason.until,
            )
        case ReasonKey.OVER_LIMIT | ReasonKey.LIMIT_REACHED:
            return sentence(
                "waiting_over_limit", person=reason.person, limit=_limit(reason)
            )
        case ReasonKey.NOT_FOR_PERSON:
            return sentence(
                "waiting_not_for_person", person=reason.person, printer=printer
            )
        case _ if reason.key.is_of_filament:
            return sentence(
                _OF_FILAMENT[reason.key],
                printer=printer,
                filaments=tuple(map(load_sentence, reason.loads)),
            )
    if timed := _time_sentence(reason, printer, targets):
        return timed
    return sentence(_REASONS[reason.key], printer=printer)


def _time_sentence(
    reason: Reason, printer: str, targets: Mapping[str, ShownTarget]
) -> Sentence | None:
    """Say which rule about time a job waits for, and when it is planned to begin; None for other reasons."""
    match reason:
        case Reason(key=ReasonKey.QUIET_HOURS, until=datetime() as until):
            if reason.is_of_job:
                return sentence("waiting_own_quiet_hours", time=until)
            return sentence("waiting_quiet_hours", printer=printer, time=until)
        case Reason(key=ReasonKey.NO_TIME_LEFT, is_of_job=True):
            return sentence("waiting_no_time_left_own", printer=printer)
        case Reason(
            key=ReasonKey.ENDS_IN_QUIET_HOURS,
            until=datetime() as until,
            before=datetime() as before,
            length=timedelta() as length,
        ):
            return sentence(
                "waiting_ends_in_quiet_hours",
                time=until,
                length=duration_sentence(length),
                before=before,
            )
        case Reason(
            key=ReasonKey.CHEAPEST_LATER,
            until=datetime() as until,
            before=datetime() as before,
        ):
            return sentence("waiting_cheapest_later", time=until, before=before)
        case Reason(key=ReasonKey.PRICES_UNKNOWN, until=datetime() as until):
            if not reason.source:
                return sentence("waiting_no_price_sensor", printer=printer, time=until)
            return sentence("waiting_prices_unknown", source=reason.source, time=until)
        case Reason(
            key=ReasonKey.NO_SUN, power_w=float() as power, limit_w=float() as limit
        ):
            facts: dict[str, str | int] = {
                "source": reason.source,
                "power": round(power),
                "limit": round(limit),
            }
            if reason.until is None:
                return sentence("waiting_no_sun", **facts)
            return sentence("waiting_no_sun_until", time=reason.until, **facts)
        case Reason(key=ReasonKey.CONDITION_NOT_MET):
            return sentence("waiting_condition_not_met", source=reason.source)
        case Reason(key=ReasonKey.CONDITION_UNKNOWN | ReasonKey.SUN_UNKNOWN):
            return sentence("waiting_condition_unknown", source=reason.source)
        case Reason(key=ReasonKey.CIRCUIT):
            shown = targets.get(reason.other_machine_id)
            other = shown.name if shown else reason.other_machine_id
            if reason.until is None:
                return sentence("waiting_circuit", other=other)
            return sentence("waiting_circuit_until", other=other, time=reason.until)
        case Reason(key=ReasonKey.READY_FIRST, before=datetime() as before):
            return sentence("waiting_ready_first", printer=printer, before=before)
    return None


def duration_sentence(length: timedelta) -> Sentence:
    """Say how long something takes, to the minute."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if not hours:
        return sentence("minutes", minutes=minutes)
    return sentence("hours_and_minutes", hours=hours, minutes=f"{minutes:02}")


def power_sentence(power: PowerState, printer: str) -> Sentence:
    """Say what is wrong with the power of a printer."""
    return sentence(_POWER[power], printer=printer)


def problem_text(problem: str, texts: Texts) -> str:
    """Say why an attempt to print came to nothing."""
    return problem_sentence(problem).text(texts)


def problem_sentence(problem: str) -> Sentence:
    """Say why an attempt to print came to nothing."""
    if problem in _PROBLEMS:
        return sentence(_PROBLEMS[problem])
    return sentence("as_it_stands", text=problem)


def _limit(reason: Reason) -> Sentence | Weight:
    """Say which limit it is."""
    if reason.limit_s is not None:
        return sentence("hours", hours=_shortly(reason.limit_s / 3600))
    return Weight(reason.limit_g or 0)


def _shortly(number: float) -> float:
    """Return a number with no more decimals than it needs, one at most."""
    shown = round(number, 1)
    return int(shown) if shown == int(shown) else shown


def _model(code: str) -> str:
    try:
        return find_model(code).name
    except KeyError:
        return code
