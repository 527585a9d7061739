"""How a field of a form is written into a page."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from stepdown.web.accounts.forms import PASSWORD_HINT

register = template.Library()


@register.filter
def bare(field: BoundField) -> SafeString:
    """Return a field's input: without a placeholder, tied to its hint and to what is wrong."""
    attrs: dict[str, str | bool] = {}
    if "placeholder" in field.field.widget.attrs:
        attrs["placeholder"] = ""
    told = [f"{field.auto_id}_hint"] if field.help_text else []
    told += [f"{field.auto_id}_wrong"] if field.errors else []
    if told:
        attrs["aria-describedby"] = " ".join(told)
    return field.as_widget(attrs=attrs)


@register.filter
def hint(field: BoundField) -> str:
    """Return what is said below a field; for a new password the library's list is too much."""
    return str(PASSWORD_HINT if field.name == "password1" else field.help_text)


@register.filter
def is_many(field: BoundField) -> bool:
    """Say whether a field is a group of choices, which has a legend and no label."""
    return bool(field.field.widget.use_fieldset)
