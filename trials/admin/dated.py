"""The one field for dates: words or EDTF, and what is understood of them while they are typed."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget


class DateInput(AdminTextInputWidget):
    """A date as text. A script says beside it what is understood: see static/js/admin/dates.js."""

    class Media:
        css = {"all": ["css/admin/writing.css"]}
        js = [forms.Script("js/admin/dates.js", type="module")]

    def __init__(self, attrs=None):
        super().__init__({"data-date": "", "autocomplete": "off", **(attrs or {})})
