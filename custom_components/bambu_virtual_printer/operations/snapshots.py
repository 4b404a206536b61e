"""Pictures of this moment, of cameras and images, for whoever asks for them."""

from collections.abc import AsyncIterator

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.media_source import async_get_media_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser

from ..const import DOMAIN
from ..language.texts import Texts
from .context import actor

PICTURED = ["camera", "image"]
"""The domains of what has pictures of the moment; Home Assistant lists them as media under the same names."""


async def async_snapshot(hass: HomeAssistant, entity_id: str) -> AsyncIterator[bytes]:
    """Take the picture a camera or image entity has now, if whoever acts may see it.

    Raises Unauthorized, UnknownUser, HomeAssistantError.
    """
    await _check_permission(hass, entity_id)
    return _once(await _picture(hass, entity_id))


async def _check_permission(hass: HomeAssistant, entity_id: str) -> None:
    context = actor()
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, entity_id=entity_id)
    if not user.permissions.check_entity(entity_id, POLICY_READ):
        raise Unauthorized(context=context, entity_id=entity_id, permission=POLICY_READ)


async def _picture(hass: HomeAssistant, entity_id: str) -> bytes:
    domain = entity_id.partition(".")[0]
    try:
        image = await async_get_media_image(
            hass, f"media-source://{domain}/{entity_id}"
        )
    except HomeAssistantError as err:
        raise _no_picture(entity_id, Texts(hass).error(err)) from err
    if image is None:
        raise _no_picture(entity_id, Texts(hass)("no_such_entity"))
    return image.content


def _no_picture(entity_id: str, reason: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="no_picture",
        translation_placeholders={"entity_id": entity_id, "reason": reason},
    )


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
