"""What each message tells, read when it leaves: so it is as things are then, and keys are made then.

A letter is a function of a mail's facts. It answers what the template is given, or None where there is
nothing to say any more.
"""
