"""The report: one page that opens anywhere, offline, with map, charts and tables of a run."""

import base64
import hashlib
import json
from pathlib import Path

import jinja2
from markupsafe import Markup

from placeplan.publish.page.by_year import years_of, zones_of
from placeplan.publish.page.charts import drivers_of, fans_of, principles_of
from placeplan.publish.page.content import about_of, cited, headlines_of, options_of, run_id, schools_of
from placeplan.publish.page.map_drawing import map_of
from placeplan.publish.page.words import FILTERS
from placeplan.publish.results import Results

_HERE = Path(__file__).parent
SCRIPTS = ("words.js", "panel.js", "map.js", "tables.js")  # parts of one script, in this order


def report_page(results: Results) -> str:
    """Return the report as one HTML page that fetches nothing and runs nothing but its own script.

    Its content policy allows only the style and the script whose hashes it states, so that no name in a table, however
    written, can bring in another. Names are escaped; the data of the map can't end its element.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    drawing = map_of(results)
    style = _own_text("report.css")
    script = "\n".join(['"use strict";', "(() => {", *(_own_text(name) for name in SCRIPTS), "})();", ""])
    return environment.get_template("report.html.jinja").render(
        about=about_of(results),
        run_id=run_id(results),
        headlines=headlines_of(results),
        map=drawing.picture,
        map_data=Markup(json_for_script(drawing.data)),  # noqa: S704  (escaped by json_for_script)
        years=years_of(results),
        zones=zones_of(results),
        cited=lambda *names: cited(results, *names),
        fans=fans_of(results),
        drivers=drivers_of(results),
        principles=principles_of(results),
        options=options_of(results),
        schools=schools_of(results),
        style=Markup(style),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )


def json_for_script(value: object) -> str:
    r"""Return JSON that may stand inside a script element.

    >>> json_for_script("</script>")
    '"\\u003c/script>"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _own_text(name: str) -> str:
    """Return one of the page's own files, as the browser will hash it."""
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the hash by which the content policy knows a style or a script."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"
