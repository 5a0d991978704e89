"""Django: the dialog as a form; labels, hints and errors follow the language that Django has chosen for the request.

    pip install '.[adapters]'
    python examples/adapters/django_app.py runserver

http://localhost:8000/?facts=blocked, closable or not-loaded is the dialog of a record beside this folder.
"""

import sys
from pathlib import Path
from secrets import token_urlsafe

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import Http404
from django.shortcuts import render
from django.urls import path

from oppi18n import load_rules
from oppi18n.contrib.django import closing_form
from oppi18n.contrib.questions import Questions
from oppi18n.readers import read

RECORDS = Path(__file__).resolve().parent.parent
PAGE = """<!DOCTYPE html>
<html lang="{{ form.lang }}" dir="{{ form.dialog.dir }}">
<title>{{ form.dialog.title.text }}</title>
<h1>{{ form.dialog.title.text }}: <bdi>{{ form.dialog.about.text }}</bdi></h1>
<p role="status">{{ form.dialog.panel.title.text }}</p>
{% if not form.decision %}
<form method="post">{% csrf_token %}{{ form.as_div }}<button>{{ form.dialog.buttons.0.label.text }}</button></form>
{% endif %}
"""

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
        DEBUG=False,
        LANGUAGES=[(code, code) for code in ("en", "ko", "zh-hant", "ja", "ms", "sv")],
        MIDDLEWARE=["django.middleware.locale.LocaleMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY=token_urlsafe(),
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"closing.html": PAGE})]},
            }
        ],
        USE_I18N=True,
    )
    django.setup()

rules = load_rules("close-opportunity")
CloseForm = closing_form(Questions(rules))


def closing(request):
    """The form, and what the rules say to it; a valid one is where the closing would be stored."""
    name = request.GET.get("facts", "blocked")
    if name not in ("blocked", "closable", "not-loaded"):
        raise Http404
    facts = next(iter(read(RECORDS / f"{name}.json", model=rules.model)))
    form = CloseForm(request.POST or None, facts=facts)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "closing.html", {"form": form}, status=status)


urlpatterns = [path("", closing)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
