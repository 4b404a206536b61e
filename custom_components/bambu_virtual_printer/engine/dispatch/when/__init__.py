"""When prints may begin: rules and facts in, a start or a reason out. Pure, without a clock and without time zones.

    values       what is known: quiet hours as spans of time, conditions, prices, the sun's power, a job's wishes
    quiet        which starts quiet hours leave, and the first and the last of them
    prices       the cheapest start within prices that are known
    deadlines    which jobs have to go first so that each is ready by its time
    decide       all rules together, for a job on a printer
    sun          a limit with hysteresis

All moments are aware. Wall times become moments before they come here, so that clock changes have happened already.
"""
