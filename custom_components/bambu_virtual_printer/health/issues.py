"""Repair issues: what keeps a printer from running, what needs a person. Each goes when its cause is gone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..config.subentries import AnyPrinterConfig, MachineConfig
from ..const import DOMAIN
from ..engine.explanations import Explanation
from ..engine.library.values.errors import IndexFault
from ..engine.library.values.records import Upload
from ..engine.mirror.values import PooledSpool
from ..engine.pki.authority import CertificateAuthority
from ..engine.printable import printable
from ..engine.values import Service
from ..language.markdown import as_markdown
from ..language.texts import Texts
from ..printers.managed import ManagedPrinter
from ..printers.ports import PortProblem, PortProblemKind
from .port_advice import async_advise

CA_EXPIRES = "ca_expires"
CA_REPLACED = "ca_replaced"
LIBRARY_ABSENT = "library_absent"
LIBRARY_OTHER = "library_other"
INDEX_REPLACED = "index_replaced"
INDEX_OUTDATED = "index_outdated"
INDEX_AWAY = "index_away"
INDEX_REFUSED = "index_refused"
INDEX_WITHOUT_DRIVER = "index_without_driver"
STORE_AWAY = "store_away"
FILES_UNFIT = "files_unfit"
MAX_NAMES = 20
"""So many files an issue names."""

ADDRESS_MISSING = PortProblemKind.ADDRESS_MISSING.value
PRINTER_FAILED = "printer_failed"
READD_PRINTER = "readd_printer"
SPOOLS_LEFT_OUT = "spools_left_out"
PRINTER_ISSUES = (ADDRESS_MISSING, PRINTER_FAILED, READD_PRINTER, SPOOLS_LEFT_OUT)
"""Issues of which a printer has one each, besides those of its ports; their ids end in the printer's."""


class Fix(StrEnum):
    """What an issue's "Fix" button does; `repairs` has a flow for each."""

    RETRY = "retry"
    """Try to start the printer again."""
    TRUST = "trust"
    """Offer the certificate, and look whether the client has come."""
    NEW_CA = "new_ca"
    """Make a new CA."""
    SETUP_CHECK = "setup_check"
    """Run the printer's setup check again."""
    ACCESS_CODE = "access_code"
    """Ask for a real printer's new access code."""
    CERTIFICATE = "certificate"
    """Show the certificate of a real printer, and ask for confirmation."""
    CHECK_MACHINE = "check_machine"
    """Try to connect to a real printer again, and look whether that helped."""
    ANSWER_JOB = "answer_job"
    """Ask a person what became of a job."""
    ADOPT_LIBRARY = "adopt_library"
    """Use the library's folder as it is."""
    GO_ON_MOVING = "go_on_moving"
    """Go on with moving the library."""
    SHARED_LIBRARY = "shared_library"
    """Look again for a shared library's database, or begin anew without it."""
    CONFIRM = "confirm"
    """Ask a person for confirmation."""


IN_DESCRIPTIONS = frozenset(
    {"folder", "kept_aside", "names", "place", "reason", "spools"}
)
"""Placeholders with what files, disks, servers and people are called, or say. No title has them."""


@callback
def async_raise(
    hass: HomeAssistant,
    issue_id: str,
    key: str,
    placeholders: Mapping[str, str],
    *,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
    fix: Fix | None = None,
    data: dict[str, str] | None = None,
    persistent: bool = False,
) -> None:
    """Raise an issue of the integration. `data` is for the flow that `fix` names.

    Titles of issues are plain text, descriptions Markdown: what is in descriptions only is shown as it stands.
    """
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"fix": fix.value, **(data or {})} if fix else None,
        is_fixable=fix is not None,
        is_persistent=persistent,
        severity=severity,
        translation_key=key,
        translation_placeholders={
            name: as_markdown(text) if name in IN_DESCRIPTIONS else text
            for name, text in placeholders.items()
        },
    )


@callback
def async_withdraw(hass: HomeAssistant, issue_id: str) -> None:
    """Withdraw an issue, if it was raised."""
    ir.async_delete_issue(hass, DOMAIN, issue_id)


class Issues:
    """Raises and withdraws the issues about printers, uploads, the library and the CA."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remember where to raise them."""
        self._hass = hass
        self._entry = entry
        self._texts = Texts(hass)
        self._orphaned: set[str] = set()
        self._held: set[str] = set()

    @callback
    def begin(self) -> None:
        """Withdraw what was raised before a reload, as a restart does; what is still so is raised again."""
        for (domain, issue_id), issue in tuple(ir.async_get(self._hass).issues.items()):
            if (
                domain == DOMAIN
                and issue.active
                and not issue.is_persistent
                # What a person ignores stays ignored.
                and issue.dismissed_version is None
                # It is raised once, and may not have been read yet.
                and issue_id != INDEX_REPLACED
            ):
                self._withdraw(issue_id)

    # --- printers ---

    @callback
    def printer_problems(self, printer: ManagedPrinter) -> None:
        """Show what keeps a printer from running, one issue for each port, and withdraw the others."""
        config = printer.config
        failed = {problem.service: problem for problem in printer.problems}
        missing = [
            problem
            for problem in printer.problems
            if problem.kind is PortProblemKind.ADDRESS_MISSING
        ]
        if missing:
            # Every listener says the same then.
            self._raise_for_printer(
                f"{ADDRESS_MISSING}_{config.id}",
                ADDRESS_MISSING,
                config,
                address=missing[0].address,
            )
            failed = {}
        else:
            self._withdraw(f"{ADDRESS_MISSING}_{config.id}")
        for service in Service:
            if problem := failed.get(service):
                self._raise_port_problem(printer, problem)
            else:
                self._withdraw(_port_issue(config.id, service))
        if printer.failure:
            self._raise_for_printer(
                f"{PRINTER_FAILED}_{config.id}",
                PRINTER_FAILED,
                config,
                reason=self._texts.explained(printer.failure),
            )
        else:
            self._withdraw(f"{PRINTER_FAILED}_{config.id}")

    @callback
    def printer_must_be_readded(self, config: AnyPrinterConfig) -> None:
        """Raise the issue that slicers know this printer by a serial number it no longer has."""
        async_raise(
            self._hass,
            f"{READD_PRINTER}_{config.id}",
            READD_PRINTER,
            {
                "printer": config.name,
                "model": config.model.product_name,
                "address": config.identity.address,
            },
            fix=Fix.CONFIRM,
            persistent=True,
        )

    @callback
    def proxies_without_printer(self, proxies: Mapping[str, str]) -> None:
        """Show which proxies have lost their real printer, by their ids and names, and withdraw the others."""
        for proxy_id in self._orphaned - proxies.keys():
            self._withdraw(f"proxy_without_printer_{proxy_id}")
        for proxy_id, name in proxies.items():
            async_raise(
                self._hass,
                f"proxy_without_printer_{proxy_id}",
                "proxy_without_printer",
                {"proxy": name},
                severity=ir.IssueSeverity.ERROR,
            )
        self._orphaned = set(proxies)

    @callback
    def access_code_refused(self, machine: MachineConfig) -> None:
        """Ask for the new access code of a real printer."""
        async_raise(
            self._hass,
            access_code_issue(machine.id),
            "access_code_refused",
            {"printer": machine.name},
            severity=ir.IssueSeverity.ERROR,
            fix=Fix.ACCESS_CODE,
            data={"printer_id": machine.id},
        )

    @callback
    def access_code_taken(self, machine_id: str) -> None:
        """Withdraw the issue about the access code."""
        self._withdraw(access_code_issue(machine_id))

    @callback
    def certificate_unverified(self, machine: MachineConfig, fingerprint: str) -> None:
        """Ask whether a certificate is a real printer's; nothing is sent there before."""
        placeholders = {
            "printer": machine.name,
            "host": machine.host,
            "fingerprint": fingerprint,
        }
        if machine.pinned:
            placeholders["known"] = machine.pinned
        async_raise(
            self._hass,
            certificate_issue(machine.id),
            "certificate_changed" if machine.pinned else "certificate_unknown",
            placeholders,
            severity=ir.IssueSeverity.ERROR,
            fix=Fix.CERTIFICATE,
            data={"printer_id": machine.id, "fingerprint": fingerprint},
        )

    @callback
    def certificate_trusted(self, machine_id: str) -> None:
        """Withdraw the issue about a real printer's certificate."""
        self._withdraw(certificate_issue(machine_id))

    @callback
    def spools_left_out(
        self, config: AnyPrinterConfig, spools: Sequence[PooledSpool]
    ) -> None:
        """Say which spools of real printers slicers cannot see in a printer, or withdraw that."""
        issue_id = f"{SPOOLS_LEFT_OUT}_{config.id}"
        if not spools:
            self._withdraw(issue_id)
            return
        named = (
            " ".join(filter(None, (spool.type, f"#{spool.color[:6]}", spool.preset_id)))
            for spool in spools
        )
        async_raise(
            self._hass,
            issue_id,
            SPOOLS_LEFT_OUT,
            {
                "printer": config.name,
                "count": str(len(spools)),
                "spools": printable(", ".join(named)),
            },
        )

    @callback
    def slicer_connected(self, config: AnyPrinterConfig) -> None:
        """Withdraw the issues that end when a slicer connects."""
        self._withdraw(f"{READD_PRINTER}_{config.id}")
        self._withdraw(CA_REPLACED)

    @callback
    def printer_removed(self, printer_id: str) -> None:
        """Withdraw everything about a printer."""
        for service in Service:
            self._withdraw(_port_issue(printer_id, service))
        for key in PRINTER_ISSUES:
            self._withdraw(f"{key}_{printer_id}")

    # --- the CA ---

    @callback
    def ca_expiry(self, authority: CertificateAuthority, now: datetime) -> None:
        """Raise the issue that the CA expires soon, or withdraw it. `now` is aware."""
        if not authority.expires_soon(now):
            self._withdraw(CA_EXPIRES)
            return
        async_raise(
            self._hass,
            CA_EXPIRES,
            CA_EXPIRES,
            {
                "date": authority.expires_at.date().isoformat(),
                "fingerprint": authority.sha256_fingerprint,
            },
            severity=ir.IssueSeverity.ERROR,
            fix=Fix.NEW_CA,
        )

    @callback
    def ca_replaced(self, authority: CertificateAuthority) -> None:
        """Raise the issue that slicers have to import the new CA; it lasts until one connects."""
        async_raise(
            self._hass,
            CA_REPLACED,
            CA_REPLACED,
            {"fingerprint": authority.sha256_fingerprint},
            fix=Fix.TRUST,
            persistent=True,
        )

    @property
    def awaits_trust(self) -> bool:
        """Whether the CA was replaced and no slicer has connected since."""
        return (DOMAIN, CA_REPLACED) in ir.async_get(self._hass).issues

    # --- the library ---

    @callback
    def storage_low(self, reason: Explanation) -> None:
        """Raise the issue that storage is low."""
        async_raise(
            self._hass,
            "storage_low",
            "storage_low",
            {"reason": self._texts.explained(reason)},
        )

    @callback
    def storage_ok(self) -> None:
        """Withdraw the issue that storage is low."""
        self._withdraw("storage_low")

    @callback
    def library_absent(self, folder: str, *, is_other: bool) -> None:
        """Raise the issue that the library is not in its folder; uploads are refused meanwhile."""
        self.library_present()
        key = LIBRARY_OTHER if is_other else LIBRARY_ABSENT
        async_raise(
            self._hass,
            key,
            key,
            {"folder": folder},
            severity=ir.IssueSeverity.ERROR,
            fix=None if is_other else Fix.ADOPT_LIBRARY,
        )

    @callback
    def library_present(self) -> None:
        """Withdraw the issues about the library's folder."""
        self._withdraw(LIBRARY_ABSENT)
        self._withdraw(LIBRARY_OTHER)

    @callback
    def store_away(self, place: str, reason: Explanation) -> None:
        """Raise the issue that the store of a shared library cannot be used; files wait here."""
        async_raise(
            self._hass,
            STORE_AWAY,
            STORE_AWAY,
            {"place": place, "reason": self._texts.explained(reason)},
        )

    @callback
    def store_present(self) -> None:
        """Withdraw it."""
        self._withdraw(STORE_AWAY)

    @callback
    def files_unfit(self, place: str, names: Sequence[str]) -> None:
        """Raise the issue that files were damaged or lost before the store of a shared library had them; without any withdraw it."""
        if not names:
            self._withdraw(FILES_UNFIT)
            return
        more = ("…",) if len(names) > MAX_NAMES else ()
        async_raise(
            self._hass,
            FILES_UNFIT,
            FILES_UNFIT,
            {
                "place": place,
                "names": ", ".join((*map(printable, names[:MAX_NAMES]), *more)),
            },
        )

    @callback
    def index_away(self, reason: Explanation, fault: IndexFault) -> None:
        """Raise the issue that the database of a shared library does not answer; uploads wait here.

        Or that it answers, and is not the right one, or does not let us; or that what it takes to ask it is missing.
        """
        self.index_present()
        match fault:
            case IndexFault.DRIVER:
                key = INDEX_WITHOUT_DRIVER
            case _ if fault.needs_person:
                key = INDEX_REFUSED
            case _:
                key = INDEX_AWAY
        async_raise(
            self._hass,
            key,
            key,
            {"reason": self._texts.explained(reason)},
            severity=ir.IssueSeverity.ERROR,
            fix=None if fault is IndexFault.DRIVER else Fix.SHARED_LIBRARY,
            data={"fault": fault.value},
        )

    @callback
    def index_present(self) -> None:
        """Withdraw what was raised about the database of a shared library."""
        for key in (INDEX_AWAY, INDEX_REFUSED, INDEX_WITHOUT_DRIVER, INDEX_OUTDATED):
            self._withdraw(key)

    @callback
    def upload_held(self, upload: Upload) -> None:
        """Raise the issue that a file could not be archived and is kept as a pending upload."""
        async_raise(
            self._hass,
            f"upload_held_{upload.id}",
            "upload_held",
            {
                "printer": upload.printer.name,
                "file": printable(upload.file.name),
                "file_as_markdown": as_markdown(printable(upload.file.name)),
                "reason": self._texts.explained(upload.reason),
            },
        )

    @callback
    def upload_settled(self, upload_id: str) -> None:
        """Withdraw the issue about an upload that is no longer pending."""
        self._withdraw(f"upload_held_{upload_id}")

    @callback
    def uploads_held(self, pending: Iterable[Upload], *, are_all: bool) -> None:
        """Raise the issues about those that could not be archived, and withdraw those of uploads that wait no more.

        Whoever decided about them may have done so on another Home Assistant. Unless they `are_all` that wait, none is
        taken to be decided about.
        """
        held = {upload.id: upload for upload in pending if upload.reason}
        for upload_id in held.keys() - self._held:
            self.upload_held(held[upload_id])
        if are_all:
            for upload_id in self._held - held.keys():
                self.upload_settled(upload_id)
            self._held.clear()
        self._held |= held.keys()

    @callback
    def index_outdated(self, reason: Explanation) -> None:
        """Raise the issue that this software is older than another one that uses the same library."""
        self.index_present()
        async_raise(
            self._hass,
            INDEX_OUTDATED,
            INDEX_OUTDATED,
            {"reason": self._texts.explained(reason)},
            severity=ir.IssueSeverity.ERROR,
        )

    @callback
    def index_replaced(self, kept_aside: str) -> None:
        """Raise the issue that the library's index was damaged and is being rebuilt."""
        async_raise(
            self._hass,
            INDEX_REPLACED,
            INDEX_REPLACED,
            {"kept_aside": kept_aside},
        )

    # --- inside ---

    def _raise_port_problem(
        self, printer: ManagedPrinter, problem: PortProblem
    ) -> None:
        """Raise it with what is known, and again once this system has been asked for more."""
        config = printer.config
        issue_id = _port_issue(config.id, problem.service)

        async def _say_more() -> None:
            advice = await async_advise(self._hass, problem)
            if problem in printer.problems:
                self._raise_for_printer(
                    issue_id, advice.key, config, **advice.placeholders
                )

        self._raise_for_printer(
            issue_id,
            problem.kind.value,
            config,
            port=str(problem.port),
            address=problem.address,
            reason=self._texts.explained(problem.reason),
        )
        self._entry.async_create_task(self._hass, _say_more(), f"advice on {issue_id}")

    def _raise_for_printer(
        self, issue_id: str, key: str, config: AnyPrinterConfig, **placeholders: str
    ) -> None:
        async_raise(
            self._hass,
            issue_id,
            key,
            {"printer": config.name, **placeholders},
            severity=ir.IssueSeverity.ERROR,
            fix=Fix.RETRY,
            data={"printer_id": config.id},
        )

    def _withdraw(self, issue_id: str) -> None:
        async_withdraw(self._hass, issue_id)


def access_code_issue(machine_id: str) -> str:
    """Name the issue of a real printer that refuses its stored access code."""
    return f"access_code_refused_{machine_id}"


def certificate_issue(machine_id: str) -> str:
    """Name the issue of a real printer whose certificate is not verified."""
    return f"printer_certificate_{machine_id}"


def _port_issue(printer_id: str, service: Service) -> str:
    return f"port_{service}_{printer_id}"
