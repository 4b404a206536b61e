"""Real printers: one `Machine` for each, which holds the only MQTT session with it in this process.

    async with MachineServices(trust) as services, Machine(settings, services) as machine:
        machine.state                                the newest MachineState, a frozen value
        machine.report_age_s                         how old the last report is; None before the first
        unsubscribe = machine.subscribe(callback)    called with every new state, on the loop
        async for state in machine.changes(): ...    the same to iterate; skips to the newest when slow

        uploaded = await machine.upload(path, name, progress)    to the card; name, size, MD5. Raises UploadError
        await machine.delete(name)                               from the card; False if it was not there
        reply = await machine.start(project_file)                publishes project_file. Raises CommandError
        await machine.stop() | pause() | resume() | clean_print_error() | set_light(on=True)
        await machine.refresh()                                  asks for a full report
        machine.reported                                         its own words: the merged status, and its modules
        await machine.request(topic, command, fields)            passes on a command, and returns its reply as it is

        picture = await machine.camera.snapshot()               of its camera; `camera.pictures` has all. Raises CameraError

    machine.seen_at(address)                                an announcement; the certificate decides whether it is it
        machine.retry() | reconnect()                            connect now; end the session and make a new one

`MachineState.availability` says why there is no session (`Availability`, each with its own repair); `is_current` is False
until the printer has said since the connection what it does, and nothing may be concluded from phase and job before.

Every command waits for the printer's reply and raises CommandError: NotConnectedError where nothing was sent, NoReplyError
where it may have arrived, RefusedError with the printer's reason, DeveloperModeOffError where it asks for a signature. A
good reply to `start` means "arrived", not "prints": that is for the states to tell (`Phase.is_active` after the call, with
`job.subtask_id == str(project_file.job_id)`).

`start(project_file, form=...)` sends another form of the file's URL. `machine.url_form` is the one that is sent otherwise,
`machine.other_url_form` the one to try once when `state.print_error.is_wrong_path` comes up and nothing became active;
`machine.remember_url_form(form)` keeps what worked.

Pure parts, for planning: `filaments.match` finds spools for a plate's filaments, `mapping.problems` checks a mapping against
what is loaded, `mapping.encode` writes it, `project_file.ProjectFile` is what `start` takes, `files.remote_name` makes a
safe unique name, `families.find_traits` tells what a model needs.

`ErrorCode.key` is a text of the translations (`common`), which takes `code`, `unit` and `slot`; `page` is the maker's page.

Nothing here knows Home Assistant. Facts about the wire are in the docstrings with their sources.
"""
