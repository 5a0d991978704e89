"""Flask: a blueprint, and a view of one's own that speaks the language of its request.

pip install '.[adapters]'
flask --app examples/adapters/flask_app.py run
curl localhost:5000/closability -H 'Accept-Language: ja' -H 'Content-Type: application/json' -d @examples/facts.json
"""

from flask import Flask, jsonify

from oppi18n import load_rules
from oppi18n.contrib.flask import blueprint, body_json, locale_of
from oppi18n.contrib.questions import Questions

questions = Questions(load_rules("close-opportunity"))
closing = blueprint(questions)


@closing.post("/messages")
def messages():
    """A view of one's own: only what stands in the way, in words."""
    reader = questions.localizer(locale_of())
    found = questions.closability(body_json(), reader)
    return jsonify([each["message"] for each in found["results"][0]["violations"]])


app = Flask(__name__)
app.register_blueprint(closing)
