"""The report of the town is for everybody: axe-core, the keyboard alone, forced colours, no request."""

from pathlib import Path

import axe_playwright_python
import pytest
from windows import opened

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = f"axe.run(document, {{runOnly: {RULES}}}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_either_colour_mode_wide_or_narrow(browser, town_folder, scheme):
    with opened(browser, town_folder, color_scheme=scheme) as page:
        page.evaluate(AXE)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.select_option("#subject", index=1)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert page.evaluate(FOUND) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.asked == [(town_folder / "report.html").as_uri()]
        assert page.faults == []


def test_the_keyboard_alone_reaches_every_control_and_leaves_each_again(browser, town_folder):
    with opened(browser, town_folder) as page:
        reached, order = set(), []
        for _ in range(200):
            page.keyboard.press("Tab")
            order.append(page.evaluate(NAME_OF_FOCUS))
            if order[-1] == "" and len(order) > 1:
                break
            assert page.evaluate(FOCUS_IS_SEEN), order[-1]
            reached.add(order[-1])
        assert order[-1] == "", "the keyboard is caught in " + order[-2]
        assert order[0] == "Skip to the plan"
        wanted = page.evaluate(NAMES_OF_CONTROLS)
        assert len(wanted) > 40
        assert set(wanted) <= reached


def test_a_year_a_school_an_order_and_a_file_are_had_by_keyboard_alone(browser, town_folder):
    with opened(browser, town_folder) as page:
        tab_to(page, "Year")
        page.keyboard.press("Home")
        assert page.inner_text("#year-name") == "2019/20"
        tab_to(page, "School or zone")
        page.keyboard.type("Elm")
        assert "on roll in 2019/20" in page.inner_text("#panel")
        tab_to(page, "Capital")
        page.keyboard.press("Enter")
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Capital")
        tab_to(page, "Download CSV: Chosen")
        with page.expect_download() as saved:
            page.keyboard.press("Enter")
        assert saved.value.suggested_filename.endswith("options-chosen.csv")


def test_charts_are_seen_in_forced_colours_and_in_the_dark(browser, town_folder):
    for context in ({"forced_colors": "active", "color_scheme": "dark"}, {"color_scheme": "dark"}, {}):
        with opened(browser, town_folder, **context) as page:
            page.select_option("#subject", index=1)
            for chosen in ("figure text", "#panel text", ".bar", ".limit", ".axis", ".expected"):
                for ink, paper in page.evaluate(INK_ON_PAPER, chosen):
                    assert contrast(ink, paper) >= (4.5 if "text" in chosen else 3), (context, chosen, ink, paper)


def contrast(one, other):
    """WCAG 2.2: the ratio of relative luminances."""
    light, dark = sorted((luminance(colour) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [float(n) / 255 for n in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tab_to(page, name):
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(NAME_OF_FOCUS).split(":")[: name.count(":") + 1] == name.split(":"):
            return
    pytest.fail(f"Tab never reaches {name}")


NAME = """e => (e.getAttribute('aria-label') || (e.labels && e.labels.length ? e.labels[0].textContent : '')
    || (e.getAttribute('aria-labelledby') ? document.getElementById(e.getAttribute('aria-labelledby')).textContent : '')
    || e.textContent).replace(/:\\s*\\d{4}.\\d\\d$/, '').trim()"""
NAME_OF_FOCUS = f"document.activeElement === document.body ? '' : ({NAME})(document.activeElement)"
NAMES_OF_CONTROLS = f"""[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility()).map({NAME})"""
FOCUS_IS_SEEN = """(() => { const e = document.activeElement, s = getComputedStyle(e), hit = e.querySelector('.hit');
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || (hit && getComputedStyle(hit).strokeWidth === '2.5px'); })()"""
INK_ON_PAPER = """chosen => [...document.querySelectorAll(chosen)].map(e => {
    const s = getComputedStyle(e), ink = chosen.includes('text') || chosen === '.bar' ? s.fill : s.stroke;
    let on = e; while (on && getComputedStyle(on).backgroundColor === 'rgba(0, 0, 0, 0)') on = on.parentElement;
    return [ink, on ? getComputedStyle(on).backgroundColor : 'rgb(255, 255, 255)']; })"""
