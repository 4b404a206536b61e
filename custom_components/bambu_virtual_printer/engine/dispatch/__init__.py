"""Dispatches the queue to real printers: plans which job goes where, uploads and starts it, follows it to its end.

    store = LibraryStore(library)
    async with Dispatcher(store, changed=callback) as dispatcher:
        await dispatcher.attach(machine_id, machine, model="C12", rules=MachineRules(is_allowed=True))
        dispatcher.wake()                          after anything in the queue has changed

`machine` is a `machines.Machine` inside its `async with`, `model` its code. `set_rules` takes over what a person chooses later,
`detach` lets go of a printer (reload, removal, before the machine ends), `forget` settles what belongs to one that was removed for good.
A printer prints from the queue only where a person allows it: `is_allowed` is False by default; `needs_cleared_plate` is
True. `changed()` is called on the loop whenever one of these changes:

    dispatcher.reasons[job_id]           why a queued job waits: a Reason. Its `key` (ReasonKey) names the text; the fields
                                         hold the printer, until when, which filaments to load where (`loads`), ...
    dispatcher.status(machine_id)        MachineStatus: the open `print`, the progress of its `upload`, the `plate`
                                         (`plate.is_occupied` is the binary sensor); None where it is not attached

What people may do:

    await dispatcher.start_now(job_id)               Started(machine_id), or the Reason; it begins as soon as it can then
    await dispatcher.cancel(job_id, confirm=False)   a Cancellation. For waiting jobs nothing is sent to a printer, uploads
                                                     are aborted; what may be printing gives NOT_CONFIRMED
    await dispatcher.retry(job_id)                   requeues a job that is held for a problem, failed or was cancelled
    await dispatcher.answer(job_id, answer)          to the question of a job; WrongAnswerError, NoSuchPrintError
    await dispatcher.clear_plate(machine_id)         also while the printer is off or not attached

They raise what the queue raises (NotFoundError, JobStateError, ...). Nothing but `Dispatcher` may change a job that a printer
has: the queue's own verbs refuse that.

What is stored, and published as the library's events: `Job.phase` (how far the print is), `Job.question` (DID_IT_START takes STARTED
and NOT_STARTED, both questions take FINISHED, FAILED and CANCELLED), `Job.problem` and `Job.problem_code` (why the last attempt failed or
how the job ended; a key for a text, and the printer's error code), `Job.retry_at`, `Job.is_stopping`. JobDispatching: the job is
claimed. JobPrinting: the printer has begun. JobPutBack: queued again, held where `state` is STAGED. JobFinished: as
reported or as a person answered. JobQuestionRaised and JobQuestionSettled: a question came up, or was answered, by a report or
by a person; the event of the job's end follows it.
JobChanged: another phase, or an order to stop. `library.prints.of_job(job_id)` has all prints of a job.

No start and no end is concluded from missing reports, and no start is repeated on a guess. A print is recognised by the id that was
stored before its start was published; where no report proves how it went, the question stays until a person or a later report
answers it.

Modules: `planner` and `admission` decide (pure): `planner` takes job after job, `candidates` are the printers that may take one,
`nearness` ranks the reasons of the others. `tracking` and `plates` read reports (pure). `print_run` carries one print
through `upload_stage` and `publish_stage` to its end; `record` stores each step of it, `orders` are people's orders for it.
`filament_choice` decides which spools and which of several printers, with `stock`, an index of all that is loaded; `spool_amounts`
keeps what is left on them. `worker` handles one printer, `printers` has all that are set up, whoever drives them, `dispatcher` is
the package's interface; `ports` are the protocols of store and printer, `library_store` implements the first over the library.
Nothing here knows Home Assistant.
"""
