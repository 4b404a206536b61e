"""From the queue to the printers: which job begins where, its way to one printer, and to its end.

    store = LibraryStore(library)
    async with Dispatcher(store, changed=callback) as dispatcher:
        await dispatcher.attach(machine_id, machine, model="C12", rules=MachineRules(is_allowed=True))
        dispatcher.wake()                          after anything in the queue has changed

`machine` is a `machines.Machine` inside its `async with`, `model` its code. `set_rules` takes over what a person chooses later,
`detach` lets go of a printer (reload, removal, before the machine ends), `forget` settles what belongs to one that was removed for good.
Printers are allowed to print from the queue by nobody but a person: `is_allowed` is False by default; `needs_cleared_plate`
is True. `changed()` is called on the loop whenever something of this is another:

    dispatcher.reasons[job_id]           why a job in line waits: a Reason. Its `key` (ReasonKey) names the text; the fields
                                         say of which printer, until when, which filaments to load where (`loads`), ...
    dispatcher.status(machine_id)        MachineStatus: the open `print`, the progress of its `upload`, the `plate`
                                         (`plate.is_occupied` is the binary sensor); None where it is not attached

What people order:

    await dispatcher.start_now(job_id)               Started(machine_id), or the Reason; it begins as soon as it can then
    await dispatcher.cancel(job_id, confirm=False)   a Cancellation. Waiting jobs end without a word to a printer, uploads are given
                                                     up; what a printer may print gives NOT_CONFIRMED without `confirm`
    await dispatcher.retry(job_id)                   puts a job back that is held for a problem, failed or was cancelled
    await dispatcher.answer(job_id, answer)          to the question of a job; WrongAnswerError, NoSuchPrintError
    await dispatcher.clear_plate(machine_id)         also while the printer is off or not attached

They raise what the queue raises (NotFoundError, JobStateError, ...). Nothing but `Dispatcher` may change a job that a printer
has: the queue's own verbs refuse that.

What is stored, and told by the library's events: `Job.phase` (how far the print is), `Job.question` (DID_IT_START takes STARTED
and NOT_STARTED, both questions take FINISHED, FAILED and CANCELLED), `Job.problem` and `Job.problem_code` (why the last print came to nothing or
how the job ended; a key for a text, and the printer's error code), `Job.retry_at`, `Job.is_stopping`. JobDispatching: the job is
claimed. JobPrinting: the printer was seen to begin. JobPutBack: in line again, held where `state` is STAGED. JobFinished: by
facts or by a person's word. JobQuestionRaised and JobQuestionSettled: a question came up, or was answered, by facts or by a
person; what became of the job is told after it.
JobChanged: another phase, or an order to stop. `library.prints.of_job(job_id)` has all prints of a job.

No start and no end is concluded from silence, and nothing is ever sent again on a guess. A print is recognised by the id that was
stored before its start was published; where no report proves what became of it, the question stays until a person or a later
report answers it.

Modules: `planner` and `admission` decide (pure), `tracking` and `plates` read reports (pure). `print_run` carries one print
through `upload_stage` and `publish_stage` to its end; `record` stores each step of it, `orders` is what people want of it.
`worker` has one printer, `dispatcher` is the face; `ports` is what it asks of store and printer, `library_store` the library
as that store. Nothing here knows Home Assistant.
"""
