"""The cameras of real printers: one connection with each, opened for the first viewer and shared by all.

    stop = machine.camera.watch(viewer)       shown the last picture at once, and every new one; `stop()` in the end
    picture = await machine.camera.snapshot() one picture. Raises CameraError
    h264 = await machine.camera.keyframe()    the same of a video. Raises CameraError
    machine.camera.problem                    why there are none just now

The connection lives in a thread of its own, in which viewers are called; it is closed a while after the last has gone.
"""
