"""From the queue to the printers.

    made = Planner().plan(jobs, machines, now)

says which `QueuedJob` begins on which printer (`MachineView`), with the spools it takes, and gives one true `Reason` for
each that waits: `ReasonKey` names the text, the other fields what it speaks of. `made.wake_at` is when time alone changes
the plan; everything else that changes it is an event.

Nothing here knows Home Assistant.
"""
