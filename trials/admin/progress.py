"""Long work in the admin: the page grows as the work goes on, a line for each step, and ends with what came of it.

The answer is streamed, so it needs no script. The work runs in a thread with a connection of its own: whoever leaves
the page does not stop it.
"""

import logging
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread

from django.db import connections
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

# Where in the page the lines appear.
HERE = "<!-- the work -->"
# Of counted work, a line is shown for every twentieth part.
LINES = 20

Tell = Callable[[str], None]


def page_of_work(
    request, context: dict, work: Callable[[Tell], str], *, template="admin/trials/exhibit/progress.html"
) -> StreamingHttpResponse:
    """A page that shows ``work(tell)`` as it goes: each sentence that it tells, then the HTML that it returns."""
    context = {**context, "here": HERE, "is_nav_sidebar_enabled": False}
    page = render_to_string(template, context, request)
    told = SimpleQueue()
    thread = start(lambda: told.put((True, _outcome(work, lambda sentence: told.put((False, sentence))))))
    # A proxy such as nginx would keep the lines until the end.
    return StreamingHttpResponse(_stream(page, told, thread), headers={"X-Accel-Buffering": "no"})


def counted(tell: Tell, what: str) -> Callable[[int, int], None]:
    """The progress of counted work, such as “Pictures checked: 5 of 40”, told now and then."""

    def progress(done: int, total: int):
        if done == total or done * LINES // total > (done - 1) * LINES // total:
            tell(_("%(what)s: %(done)s of %(total)s") % {"what": what, "done": done, "total": total})

    return progress


def _stream(page: str, told: SimpleQueue, thread: Thread) -> Iterator[str]:
    before, after = page.split(HERE)
    yield f'{before}<ol class="progress">\n'
    try:
        done, words = told.get()
        while not done:
            yield f"<li>{escape(words)}</li>\n"
            done, words = told.get()
        yield f"</ol>\n{words}{after}"
    finally:
        # What was uploaded is closed with the answer: the work must not miss it.
        thread.join()


def _outcome(work, tell) -> str:
    try:
        return work(tell)
    except Exception:
        logger.exception("Work in the admin failed.")
        sentence = _("This failed, and nothing was changed. The operator finds the reason in the log.")
        return f'<p class="errornote">{escape(sentence)}</p>'


def start(work: Callable[[], None]) -> Thread:
    """Run ``work`` in a thread, in the language of this one."""
    language = translation.get_language()

    def run():
        try:
            with translation.override(language):
                work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread
