"""How uploads are shown, before and after it is decided about them."""

from collections.abc import Mapping
from typing import Any

from ..engine.library.values.records import Archive, DuplicateHistory, Upload
from ..engine.printable import printable
from ..engine.protocol.printer_models import MODELS
from ..engine.values import Intent, PrintRequest, ReceivedFile
from ..language.sentences import Sentence, sentence
from ..language.texts import Texts
from .archives import plate_view, sliced_facts, wrong_model
from .jobs import facts_text, plan_view
from .machines import problem_sentence
from .requests import request_view
from .urls import cover_url
from .wording import Wording


def received_attributes(
    file: ReceivedFile, request: PrintRequest | None, instances: Mapping[str, str]
) -> dict[str, Any]:
    """Show a file that was acknowledged to the slicer a moment ago."""
    return {
        "upload_id": file.id,
        "file_name": printable(file.name),
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "source_ip": file.peer,
        "sender": printable(file.sender),
        "person_id": file.person or None,
        "instance": instances.get(file.instance),
        "encrypted": file.encrypted,
        "print_requested": request is not None,
        "intent": (Intent.SEND if request is None else Intent.PRINT).value,
    }


def known_view(known: DuplicateHistory | None, texts: Texts) -> dict[str, Any]:
    """Show what the archive knows of the same bytes."""
    printed_at = known.last_printed_at if known else None
    return {
        "duplicate_of": known.original_id if known else None,
        "duplicate_count": known.count if known else 0,
        "print_count": known.print_count if known else 0,
        "last_printed_at": printed_at.isoformat() if printed_at else None,
        "last_failure": failure_text(known, texts) if known else "",
    }


def failure_sentence(known: DuplicateHistory | Archive) -> Sentence | None:
    """Say why the newest print that failed did: as a person noted it, or as the printer's reports told; None without one."""
    if known.last_failure:
        return sentence("as_it_stands", text=known.last_failure)
    return problem_sentence(known.last_problem) if known.last_problem else None


def failure_text(known: DuplicateHistory | Archive, texts: Texts) -> str:
    """Say the same in the household's language; empty without one."""
    failure = failure_sentence(known)
    return failure.text(texts) if failure else ""


def _known_text(known: DuplicateHistory, texts: Texts) -> str:
    if not known.print_count:
        text = texts("known_not_printed")
    elif known.last_printed_at:
        date = texts.date(known.last_printed_at)
        text = texts.count("known_printed_last", known.print_count, date=date)
    else:
        text = texts.count("known_printed", known.print_count)
    if not (reason := failure_text(known, texts)):
        return text
    return f"{text}; {texts('last_failure', reason=reason)}"


def upload_summary(upload: Upload, wording: Wording) -> dict[str, Any]:
    """Show an upload as lists and events do."""
    facts = upload.facts
    filaments = facts.filaments if facts else ()
    return {
        "upload_id": upload.id,
        "name": upload.name,
        "file_name": printable(upload.file.name),
        "state": upload.state.value,
        "reason": wording.texts.explained(upload.reason),
        "size_bytes": upload.file.size_bytes,
        "sha256": upload.file.sha256,
        "printer": upload.printer.name,
        "source_ip": upload.file.peer,
        "sender": printable(upload.file.sender),
        "person_id": upload.file.person or None,
        "instance": wording.instances.get(upload.file.instance),
        "intent": upload.intent.value,
        "received_at": upload.file.received_at.isoformat(),
        "title": facts.title if facts else "",
        "designer": facts.designer if facts else "",
        "sliced_for": facts.printer_model if facts else "",
        "plate_count": facts.plate_count if facts else 0,
        "print_time_s": facts.print_time_s if facts else None,
        "filament_g": facts.filament_g if facts else None,
        "filament_types": [one.type for one in filaments],
        "filament_colors": [one.color for one in filaments],
        "cost": upload.cost,
        "notes": upload.annotations.notes,
        "tags": list(upload.annotations.tags),
        "favourite": upload.annotations.favourite,
        "project": upload.annotations.project,
        "link": upload.annotations.link,
        "plan": plan_view(upload.plan, wording),
        "print_requested": upload.request is not None,
        **known_view(upload.known, wording.texts),
        "thumbnail": cover_url(upload.id, facts.cover if facts else None),
    }


def upload_text(upload: Upload, wording: Wording, *, with_notes: bool = True) -> str:
    """Describe a pending upload to a person in one line."""
    texts = wording.texts
    lines = [texts.explained(upload.reason)]
    if facts := upload.facts:
        plates = facts.plate_count
        told = [texts.count("plates", plates) if plates > 1 else ""]
        told += facts_text(
            texts,
            facts.print_time_s,
            facts.filament_g,
            (filament.type for filament in facts.filaments),
            upload.cost,
        )
        lines.append(texts.listed(filter(None, told)))
        model = MODELS.get(upload.printer.model)
        received_by = model.profile_name if model else ""
        lines.append(wrong_model(texts, facts.printer_model, received_by) or "")
    if upload.known:
        lines.append(_known_text(upload.known, texts))
    lines.append(
        texts(
            "received_from",
            printer=upload.printer.name,
            source=printable(upload.file.sender) or upload.file.peer,
        )
        if upload.file.peer
        else texts("imported_for", printer=upload.printer.name)
    )
    if with_notes and upload.annotations.notes:
        lines.append(upload.annotations.notes)
    return " · ".join(filter(None, lines))


def upload_details(upload: Upload, wording: Wording) -> dict[str, Any]:
    """Show an upload with everything that is known of it."""
    shown = upload_summary(upload, wording) | {
        "print_request": request_view(upload.request),
        "print_requests": [request_view(request) for request in upload.requests],
    }
    if upload.facts is None:
        return shown
    return shown | {
        **sliced_facts(upload.facts),
        "plates": [plate_view(upload.id, plate) for plate in upload.facts.plates],
    }
