"""Makes pictures of keyframes, with the decoder that Home Assistant's streams have."""

from io import BytesIO

from ..engine.machines.camera.problems import CameraError, CameraProblem

_QUALITY = 85


def as_picture(h264: bytes) -> bytes:
    """Return a keyframe as a JPEG. Blocks. Raises CameraError where it cannot be decoded."""
    # Loads large libraries, which only those need who have such a printer.
    try:
        import av  # noqa: PLC0415
    except ImportError as err:
        raise CameraError(CameraProblem.LOST) from err

    try:
        decoder = av.VideoCodecContext.create("h264", "r")
        frames = [*decoder.decode(av.Packet(h264)), *decoder.decode(None)]
    except av.FFmpegError as err:
        raise CameraError(CameraProblem.LOST, str(err)) from err
    if not frames:
        raise CameraError(CameraProblem.LOST)
    picture = BytesIO()
    image = frames[0].to_image()  # type: ignore[no-untyped-call]
    image.save(picture, "JPEG", quality=_QUALITY)
    return picture.getvalue()
