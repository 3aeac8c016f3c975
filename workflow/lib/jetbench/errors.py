"""The one exception that users are meant to read."""


class InputError(ValueError):
    """Input that cannot be used. The message says where, what was expected and what came.

    Scripts print it without a traceback; anything else is a defect of ours and keeps its traceback.
    """
