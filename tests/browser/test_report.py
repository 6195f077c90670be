import build
import pytest
from windows import opened

from placeplan.domain.years import academic_year, nc_year
from placeplan.publish.run_folder import read_run_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def published(run_folder):
    return read_run_folder(run_folder).tables


def fills(page):
    return page.evaluate("[...document.querySelectorAll('#zones path')].map(z => z.getAttribute('fill'))")


def view(page):
    return [float(n) for n in page.get_attribute("#plan-map", "viewBox").split()]


def test_the_page_draws_its_map_and_fetches_nothing(page, run_folder):
    assert page.evaluate("document.documentElement.dataset.ready") == "yes"
    box = page.locator("#plan-map").bounding_box()
    assert box["width"] > 300
    assert box["height"] > 200
    assert len(fills(page)) == 6
    assert len(set(fills(page))) > 1
    assert page.asked == [(run_folder / "report.html").as_uri()]
    assert page.faults == []


def test_the_slider_changes_the_year_of_the_map_by_keyboard(page):
    before = fills(page)
    page.focus("#year")
    page.keyboard.press("Home")
    assert page.inner_text("#year-name") == "2019/20"
    assert page.get_attribute("#year", "aria-valuetext").startswith("2019/20: ")
    assert fills(page) != before
    assert len(set(fills(page))) == 1  # in the first year nothing has changed
    page.keyboard.press("End")
    assert fills(page) == before


def test_the_map_shows_where_children_have_no_place(page):
    page.focus("#year")
    page.keyboard.press("Home")
    page.select_option("#colour", "without")
    assert fills(page)[0] != fills(page)[1]
    assert "without a place" in page.inner_text("#zone-legend-title")


def test_the_map_moves_and_zooms_by_keyboard(page):
    whole = view(page)
    page.focus("#plan-map")
    page.keyboard.press("+")
    page.keyboard.press("+")
    near = view(page)
    assert near[2] < whole[2] * 0.6
    page.keyboard.press("ArrowRight")
    assert view(page)[0] > near[0]
    page.keyboard.press("0")
    assert view(page) == whole


def test_the_map_moves_and_zooms_by_wheel_and_drag(page):
    page.locator("#plan-map").scroll_into_view_if_needed()
    box = page.locator("#plan-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    whole = view(page)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(100)
    near = view(page)
    assert near[2] < whole[2]
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=4)
    page.mouse.up()
    assert view(page)[0] > near[0]
    assert page.input_value("#subject") == ""  # a drag chooses nothing


def test_schools_are_reached_by_keyboard_and_tell_their_figures(page, published):
    page.focus("#plan-map")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    first = page.evaluate("document.activeElement.dataset.k")
    assert first == "0"
    assert page.evaluate("document.querySelectorAll('.school[tabindex=\"0\"]').length") == 1
    assert page.get_attribute(".school[data-k='0']", "aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert page.get_attribute(".school[data-k='0']", "aria-pressed") == "false"
    page.keyboard.press("Enter")
    assert page.get_attribute(".school[data-k='0']", "aria-pressed") == "true"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.k") == "1"


def test_the_slider_moves_rolls_places_and_journeys_of_the_school_chosen(page, published):
    schools, journeys = published["plan/schools.csv"], published["plan/journeys.csv"]
    told = page.evaluate("JSON.parse(document.getElementById('plan').textContent)")
    urn = next(school["urn"] for school in told["schools"] if school.get("from"))
    place = next(k for k, school in enumerate(told["schools"]) if school["urn"] == urn)
    page.select_option("#subject", value=f"s{place}")
    joins = journeys["cohort"].map(academic_year) + journeys["from_nc_year"].map(nc_year)
    drawn = set()
    for step, key in enumerate(["Home", "ArrowRight", "ArrowRight"]):
        page.focus("#year")
        page.keyboard.press(key)
        year = told["years"][step]
        of_year = schools[(schools["urn"] == urn) & (schools["academic_year"] == year)]
        roll, places = of_year["pupils"].sum(), (of_year["places"] - of_year["over_capacity"]).sum()
        assert f"{roll:,.0f} on roll in {year}, {places:,.0f} places" in page.inner_text("#panel")
        assert f"{roll:,.0f} on roll" in page.get_attribute(f".school[data-k='{place}']", "aria-label")
        mine = journeys[(journeys["urn"] == urn) & (joins == academic_year(year))].groupby("origin")["children"].sum()
        assert page.locator("#over line").count() == (mine >= 5).sum()
        assert f"{mine.sum():,.0f} children join in all" in page.inner_text("#panel")
        drawn.add(page.evaluate("document.getElementById('zones').innerHTML"))
    assert len(drawn) == 3


def test_a_click_on_a_school_chooses_it_and_one_beside_it_nothing(page):
    page.locator(".school[data-k='1'] .hit").click()
    assert page.get_attribute(".school[data-k='1']", "aria-pressed") == "true"
    assert page.input_value("#subject") == "s1"
    assert page.inner_text("#said")
    page.locator("#plan-map").click(position={"x": 3, "y": 3})
    assert page.input_value("#subject") == ""


@pytest.mark.parametrize(
    ("layer", "drawing"),
    [
        ("schools", "#schools-drawn"), ("options-drawn", "#options-drawn .chosen-mark"), ("refused", "#options-drawn .refused"),
        ("over", "#over"), ("every", "#every"), ("areas", "#areas"), ("planning-areas", "#planning-areas"),
    ],
)  # fmt: skip
def test_each_layer_is_switched_by_its_box(page, layer, drawing):
    page.select_option("#subject", value="s0")
    page.focus("#layer-" + layer)
    shown = f"getComputedStyle(document.querySelector('{drawing}')).display !== 'none' && document.querySelector('{drawing}').innerHTML !== ''"
    for _ in range(2):
        assert page.evaluate(shown) == page.is_checked("#layer-" + layer)
        page.keyboard.press("Space")


def test_hostile_names_are_shown_as_text_wherever_they_stand(page, published):
    lines = [name.replace("\r\n", "\n") for name in build.HOSTILE]
    names = "[...document.querySelectorAll('#zones-table tbody tr')].map(r => r.cells[1].textContent)"
    titles = "[...document.querySelectorAll('#zones title')].map(t => t.textContent)"
    assert page.evaluate(names.replace("#zones-table", "table[data-file=zones]")) == lines
    for told, name in zip(page.evaluate(titles), build.HOSTILE, strict=True):
        assert told.startswith(name + ": ")
    for place, name in enumerate(build.HOSTILE):
        page.select_option("#subject", value=f"z{place}")
        assert page.evaluate("document.querySelector('#panel h3').textContent") == name
    schools = page.evaluate("JSON.parse(document.getElementById('plan').textContent).schools.map(s => s.name)")
    assert {build.SCRIPT, build.FORMULA, build.ACCENTS, build.RIGHT_TO_LEFT, build.LONG} <= set(schools)
    for place, name in enumerate(schools):
        page.select_option("#subject", value=f"s{place}")
        assert page.evaluate("document.querySelector('#panel h3').textContent") == name
        assert page.get_attribute(f".school[data-k='{place}']", "aria-label").startswith(name)
    reasons = page.evaluate(
        "[...document.querySelectorAll('table[data-file^=options] tbody tr')].map(r => r.lastElementChild.textContent)"
    )
    assert sorted(reasons) == sorted(published["plan/options.csv"]["reason"])
    assert (
        page.evaluate("document.querySelectorAll('main script, #panel script, main img, main a[href^=http]').length")
        == 0
    )
    assert page.faults == []


def test_tables_are_sorted_by_their_headings(page):
    head = page.locator("#school-table th button", has_text="Roll 2021/22")
    head.click()
    rolls = "[...document.querySelectorAll('#school-table tbody tr')].map(r => +r.cells[7].dataset.v)"
    assert page.evaluate(rolls) == sorted(page.evaluate(rolls))
    head.click()
    assert page.evaluate(rolls) == sorted(page.evaluate(rolls), reverse=True)
    assert page.locator("#school-table th[aria-sort=descending]").count() == 1


def test_a_school_is_found_by_a_part_of_its_name(page):
    page.fill("#find", "łódź")
    assert page.locator("#school-table tbody tr:visible").count() == 1
    assert "1 school" in page.evaluate("document.getElementById('found').textContent")


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_runs_over_the_side_of_a_narrow_screen(page, width):
    page.set_viewport_size({"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.select_option("#subject", index=1)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_names_on_a_small_map_never_lie_on_each_other(browser, town_folder):
    with opened(browser, town_folder) as page:
        names_lie_apart(page)


def names_lie_apart(page):
    for width in (320, 1200):
        page.set_viewport_size({"width": width, "height": 640})
        page.wait_for_timeout(100)
        boxes = page.evaluate(
            "[...document.querySelectorAll('#labels text')].filter(t => t.checkVisibility()).map(t => { const b = t.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; })"
        )
        assert boxes
        for left, right, top, bottom in boxes:
            beside = [b for b in boxes if b[0] < right and b[1] > left and b[2] < bottom and b[3] > top]
            assert len(beside) == 1


def test_marks_on_a_small_map_are_small_and_lie_under_the_names(page):
    told = {}
    for width in (1200, 320):
        page.set_viewport_size({"width": width, "height": 640})
        page.wait_for_timeout(100)
        told[width] = page.evaluate(
            "() => { const dot = document.querySelector('#schools-drawn .dot').getBoundingClientRect().width,"
            " hit = document.querySelector('#schools-drawn .hit').getBoundingClientRect().width,"
            " labels = document.getElementById('labels'), drawn = document.getElementById('schools-drawn');"
            " return [dot, hit, !!(labels.compareDocumentPosition(drawn) & Node.DOCUMENT_POSITION_PRECEDING)] }"
        )
    (wide, _, _), (small, hit, above) = told[1200], told[320]
    assert small < 0.8 * wide
    assert hit >= 23  # what a finger meets stays large
    assert above


def test_every_control_has_a_name_and_is_large_enough(page):
    assert (
        page.evaluate("""[...document.querySelectorAll('button, input, select, summary, .school')].filter(c => {
        const name = c.getAttribute('aria-label') || (c.labels && c.labels.length ? c.labels[0].textContent : c.textContent);
        return !name.trim(); }).length""")
        == 0
    )
    small = page.evaluate("""[...document.querySelectorAll('main button, main input, main select, main summary')].map(c => {
        const r = c.getBoundingClientRect(); return [c.textContent || c.id, r.width, r.height]; }).filter(r => r[2] > 0 && (r[1] < 24 || r[2] < 24))""")
    assert small == []


def test_the_page_reads_without_its_script(browser, run_folder):
    with opened(browser, run_folder, java_script_enabled=False) as page:
        assert page.locator("#zones path").count() == 6
        assert page.get_by_text("This browser runs no scripts").is_visible()
        assert not page.locator("#year").is_visible()
        assert not page.locator("#panel").is_visible()
        assert page.locator("#schools").is_visible()
        assert page.locator("button:visible").count() == 0


def test_paper_holds_what_is_folded_on_the_screen_and_nothing_is_cut_off(page, tmp_path):
    page.set_viewport_size({"width": 718, "height": 1000})  # the width of A4 between margins of 1 cm
    page.select_option("#subject", value="s1")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.locator(".controls").is_visible()
    assert page.locator("button.download:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.evaluate("document.querySelectorAll('details:not([open]):not(.long)').length") == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0
    assert len(page.pdf(path=tmp_path / "page.pdf", format="A4")) > 10_000
