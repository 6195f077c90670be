import build
import pytest

pytestmark = pytest.mark.browser


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


def test_schools_are_reached_by_keyboard_and_tell_their_figures(page):
    page.focus("#plan-map")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused
    page.keyboard.press("Home")
    first = page.evaluate("document.activeElement.dataset.k")
    assert first == "0"
    assert page.evaluate("document.querySelectorAll('.school[tabindex=\"0\"]').length") == 1
    page.keyboard.press("Enter")
    assert page.get_attribute(".school[data-k='0']", "aria-pressed") == "true"
    assert page.evaluate("document.querySelectorAll('#over path').length") > 0


def test_a_school_from_the_list_shows_roll_places_and_origins(page):
    page.select_option("#subject", label=build.SCRIPT, index=None)
    text = page.inner_text("#panel")
    assert "on roll in 2021/22" in text
    assert "Where children join from" in text
    page.focus("#year")
    page.keyboard.press("Home")
    assert "on roll in 2019/20" in page.inner_text("#panel")


def test_hostile_names_are_shown_as_text(page):
    shown = page.evaluate("document.body.textContent")
    for name in (build.SCRIPT, build.FORMULA, build.ACCENTS, build.RIGHT_TO_LEFT, build.LONG):
        assert name in shown
    options = page.evaluate("[...document.getElementById('subject').options].length")
    for place in range(options):
        page.select_option("#subject", index=place)
    assert page.evaluate("document.querySelectorAll('main script, #panel script').length") == 0
    assert page.faults == []


def test_tables_are_sorted_by_their_headings(page):
    head = page.locator("#school-table th button", has_text="Roll 2021/22")
    head.click()
    rolls = "[...document.querySelectorAll('#school-table tbody tr')].map(r => +r.cells[5].dataset.v)"
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width


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
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((run_folder / "report.html").as_uri())
    assert page.locator("#zones path").count() == 6
    assert not page.locator("#year").is_visible()
    assert page.locator("#schools").is_visible()
    context.close()


def test_the_page_prints(page):
    page.emulate_media(media="print")
    assert not page.locator(".controls").is_visible()
    assert len(page.pdf()) > 10_000
