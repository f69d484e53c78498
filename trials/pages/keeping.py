"""What a view says of its answers, so that the page store may keep them."""


def kept(response, slug: str | None = None):
    """Declare that an answer may be sent to everybody: it follows from its address and from what is on display.

    ``slug`` names the exhibit it is about; without one it is about all that is on display.
    """
    response.kept_with = slug
    return response


def may_be_kept(view):
    """Declare that what a view answers may be `kept`, so that it is worth waiting for another who makes it."""
    view.may_be_kept = True
    return view
