"""A real Home Assistant for the scripts: its configuration folder, its process, and its API with an account of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
import hashlib
import json
from pathlib import Path
import signal
import sys
import time
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
DOMAIN = "bambu_virtual_printer"
USER = PASSWORD = "demo"
TOKEN_NAME = "demo script"

START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 30.0

CONFIGURATION = """\
# Made by scripts/demo; yours to change.
homeassistant:
  country: DE
  media_dirs:
    local: "{media}"
automation: !include automations.yaml
script: !include scripts.yaml
conversation:
frontend:
config:
history:
logbook:
media_source:
recorder:
sun:
webhook:
"""


class ScriptError(Exception):
    """Something that keeps a script from going on, in words for the person at the terminal."""


def prepare_config(
    folder: Path,
    http_port: int,
    http_host: str = "127.0.0.1",
    *,
    configuration_yaml: str = CONFIGURATION,
) -> None:
    """Lay out a configuration folder that uses this checkout's integration."""
    (folder / ".storage").mkdir(parents=True, exist_ok=True)
    configuration = folder / "configuration.yaml"
    if not configuration.exists():
        media = folder / "media"
        media.mkdir(exist_ok=True)
        configuration.write_text(configuration_yaml.format(media=media))
        # What people make in the user interface goes there.
        (folder / "automations.yaml").write_text("[]\n")
        (folder / "scripts.yaml").write_text("{}\n")
    # Settings in YAML would be on trial for five minutes and then be taken back with a restart.
    http = folder / ".storage" / "http"
    if not http.exists() or '"server_port": ' + str(http_port) not in http.read_text():
        data = {"server_host": [http_host], "server_port": http_port}
        http.write_text(
            json.dumps({"version": 1, "minor_version": 1, "key": "http", "data": data})
        )
    integration = ROOT / "custom_components" / DOMAIN
    links = {
        part.relative_to(ROOT): part
        # File by file: Home Assistant follows no links to folders there.
        for part in (integration, *(ROOT / "blueprints").rglob("*.yaml"))
    } | {
        Path("custom_sentences", part.stem, f"{DOMAIN}.yaml"): part
        for part in (integration / "assist" / "sentences").glob("*.yaml")
    }
    for place, part in links.items():
        link = folder / place
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(part)


@asynccontextmanager
async def home_assistant(
    folder: Path, enter: Sequence[str] = (), *, module: str = "homeassistant"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Home Assistant; its output goes to a file. It is stopped the orderly way at the end.

    `enter` begins the command, where it has to run elsewhere; `module` is what Python runs.
    """
    with (folder / "home-assistant-output.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *enter,
            sys.executable,
            "-m",
            module,
            "--config",
            str(folder),
            "--log-no-color",
            stdout=output,
            stderr=output,
            # Ctrl-C is ours; we pass it on when our own work is wound up.
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                try:
                    async with asyncio.timeout(STOP_TIMEOUT_S):
                        await process.wait()
                except TimeoutError:
                    process.kill()
                    await process.wait()


class Api:
    """Home Assistant's HTTP API, logged in."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        """Not logged in yet."""
        self._http = http
        self.url = url
        self.token = ""

    async def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """Make a request. Raises ScriptError."""
        if self.token:
            kwargs["headers"] = {"Authorization": f"Bearer {self.token}"}
        async with self._http.request(method, self.url + path, **kwargs) as response:
            if response.status >= 400:
                text = (await response.text())[:300]
                raise ScriptError(
                    f"Home Assistant: {method} {path}: {response.status} {text}"
                )
            if response.content_type == "application/json":
                return await response.json()
            return await response.text()

    async def digest(self, path: str) -> str:
        """Download something. Returns its SHA-256. Raises ScriptError."""
        sha256 = hashlib.sha256()
        async with self._http.get(self.url + path) as response:
            if response.status >= 400:
                raise ScriptError(f"Home Assistant: {path}: {response.status}")
            async for piece in response.content.iter_any():
                sha256.update(piece)
        return sha256.hexdigest()

    async def action(self, name: str, /, **data: Any) -> dict[str, Any]:
        """Call one of the integration's actions. Returns its response."""
        answer = await self.call(
            "POST", f"/api/services/{DOMAIN}/{name}?return_response", json=data
        )
        response: dict[str, Any] = answer["service_response"]
        return response

    async def log_in(self) -> None:
        """Make the demo account where there is none, and a long-lived token."""
        client_id = f"{self.url}/"
        steps = await self._onboarding()
        if not steps.get("user", True):
            answer = await self.call(
                "POST",
                "/api/onboarding/users",
                json={
                    "client_id": client_id,
                    "name": "Demo",
                    "username": USER,
                    "password": PASSWORD,
                    "language": "en",
                },
            )
            code = answer["auth_code"]
        else:
            code = await self._code_by_login(client_id)
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
        }
        tokens = await self.call("POST", "/auth/token", data=grant)
        self.token = tokens["access_token"]
        for step, body in (
            ("core_config", None),
            ("analytics", None),
            ("integration", {"client_id": client_id, "redirect_uri": client_id}),
        ):
            if not steps.get(step, True):
                await self.call("POST", f"/api/onboarding/{step}", json=body)
        self.token = await self._long_lived_token()

    async def person(self, name: str) -> Api:
        """Make an account that is no administrator's. Returns what is logged in with it. Raises ScriptError."""
        async with self.commands() as commands:
            made = await commands.do(
                "config/auth/create", name=name, group_ids=["system-users"]
            )
            await commands.do(
                "config/auth_provider/homeassistant/create",
                user_id=made["user"]["id"],
                username=name.lower(),
                password=PASSWORD,
            )
        person = Api(self._http, self.url)
        client_id = f"{self.url}/"
        grant = {
            "client_id": client_id,
            "grant_type": "authorization_code",
            "code": await person._code_by_login(client_id, name.lower()),
        }
        tokens = await person.call("POST", "/auth/token", data=grant)
        person.token = tokens["access_token"]
        return person

    async def _onboarding(self) -> dict[str, bool]:
        try:
            steps = await self.call("GET", "/api/onboarding")
        except ScriptError:
            # Gone once every step is done.
            return {}
        return {step["step"]: step["done"] for step in steps}

    async def _code_by_login(self, client_id: str, user: str = USER) -> str:
        flow = await self.call(
            "POST",
            "/auth/login_flow",
            json={
                "client_id": client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": client_id,
            },
        )
        answer = await self.call(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            json={"client_id": client_id, "username": user, "password": PASSWORD},
        )
        if answer.get("type") != "create_entry":
            raise ScriptError(
                f"This configuration has an account, but not {user}/{PASSWORD}; choose another"
                " folder with --config"
            )
        code: str = answer["result"]
        return code

    async def _long_lived_token(self) -> str:
        async with self.commands() as commands:
            for token in await commands.do("auth/refresh_tokens"):
                if token["client_name"] == TOKEN_NAME:
                    await commands.do(
                        "auth/delete_refresh_token", refresh_token_id=token["id"]
                    )
            token_: str = await commands.do(
                "auth/long_lived_access_token", client_name=TOKEN_NAME, lifespan=365
            )
        return token_

    @asynccontextmanager
    async def commands(self) -> AsyncIterator[Commands]:
        """Open the WebSocket API."""
        async with self._http.ws_connect(f"{self.url}/api/websocket") as ws:
            await ws.receive_json()
            await ws.send_json({"type": "auth", "access_token": self.token})
            await ws.receive_json()
            yield Commands(ws)


class Commands:
    """The WebSocket API, one command after another. `events` gets what was subscribed to."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Use a connection that is logged in."""
        self._ws = ws
        self._last_id = 0
        self.events: list[dict[str, Any]] = []

    async def do(self, command: str, **data: Any) -> Any:
        """Give a command. Events that have come before its answer are in `events` then. Raises ScriptError."""
        self._last_id += 1
        await self._ws.send_json({"id": self._last_id, "type": command, **data})
        while True:
            message = await self._ws.receive_json()
            if message["type"] == "event":
                self.events.append(message["event"])
            elif message["id"] == self._last_id:
                break
        if message["type"] == "pong":
            return None
        if not message["success"]:
            raise ScriptError(f"Home Assistant: {command}: {message['error']}")
        return message["result"]


async def wait_until_up(
    api: Api,
    process: asyncio.subprocess.Process,
    log: Path,
    on_wait: Callable[[float], None],
) -> None:
    """Wait for the web server. Raises ScriptError when Home Assistant ends or takes too long."""
    started = time.monotonic()
    while True:
        if process.returncode is not None:
            raise ScriptError(f"Home Assistant ended at once; see {log}")
        # The one answers until the first account is there, the other from then on.
        for path in ("/api/onboarding", "/auth/providers"):
            with suppress(aiohttp.ClientError, ScriptError):
                await api.call("GET", path)
                return
        waited = time.monotonic() - started
        if waited > START_TIMEOUT_S:
            raise ScriptError(
                f"Home Assistant did not start within {waited:.0f} s; see {log}"
            )
        on_wait(waited)
        await asyncio.sleep(0.5)


async def wait_until_running(api: Api) -> str:
    """Wait until start-up is over. Returns the version."""
    async with asyncio.timeout(START_TIMEOUT_S):
        while True:
            config = await api.call("GET", "/api/config")
            if config["state"] == "RUNNING":
                version: str = config["version"]
                return version
            await asyncio.sleep(0.5)


async def eventually[Value](
    what: str, timeout_s: float, find: Callable[[], Awaitable[Value | None]]
) -> Value:
    """Ask until there is an answer. Raises ScriptError."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while True:
                if (value := await find()) is not None:
                    return value
                await asyncio.sleep(0.1)
    raise ScriptError(f"{what} within {timeout_s:.0f} s")
