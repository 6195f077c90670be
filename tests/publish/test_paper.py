"""The paper: built from published files alone, navigable, cited, in a council's own dress, and never deciding."""

import dataclasses
import io
import re
import shutil
import subprocess
import zipfile

import build
import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from docx.shared import RGBColor

from placeplan.domain.errors import MissingExtra, RunFolderInTheWay, ScenarioProblems
from placeplan.publish import documents
from placeplan.publish.citation import cite
from placeplan.publish.documents import paper_of
from placeplan.publish.published import published_of
from placeplan.publish.run_folder import read_run_folder, write_run_folder
from placeplan.publish.write_paper import write_paper

CITATION = re.compile(r"\[([^\[\]\s]+:[^\[\]]+)\]")
SECTIONS = ["Purpose", "Recommendations", "Reasons for the recommendations", "Background and the nine principles", "Forecast",
            "Options considered", "The preferred plan", "Implications", "Financial", "Legal", "Equalities", "Sustainability",
            "Risk", "Delivery programme", "What has not been tested, and limits"]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("paper")
    (place / "scenario").mkdir()
    return write_run_folder(place / "out", build.results(folder=place / "scenario"))


@pytest.fixture(scope="module")
def published(folder):
    read = read_run_folder(folder)
    return published_of(folder, read.run, read.tables)


@pytest.fixture(scope="module")
def paper(folder):
    return docx.Document(str(folder / "paper.docx"))


def text_of(paper):
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def headings_of(paper):
    return [p.text for p in paper.paragraphs if p.style.name.startswith("Heading")]


def test_it_has_every_section_of_an_executive_paper_in_order(paper):
    told = headings_of(paper)
    assert [heading for heading in told if heading in SECTIONS] == SECTIONS
    assert [heading[:10] for heading in told[-4:]] == ["Appendix A", "Appendix B", "Appendix C", "Appendix D"]


def test_contents_link_to_every_heading(paper):
    links = paper.element.body.findall(f".//{qn('w:hyperlink')}")
    marks = {mark.get(qn("w:name")) for mark in paper.element.body.iter(qn("w:bookmarkStart"))}
    assert ["".join(t.text for t in link.iter(qn("w:t"))) for link in links] == headings_of(paper)
    assert {link.get(qn("w:anchor")) for link in links} <= marks


def test_every_field_that_points_somewhere_points_at_a_bookmark_and_shows_its_words(paper):
    body = paper.element.body
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    orders = [code.text.split() for code in body.iter(qn("w:instrText"))]
    assert {order[1] for order in orders if order[0] == "REF"} <= marks
    assert [order[0] for order in orders].count("SEQ") == len(paper.tables) + len(paper.inline_shapes)
    begun = [sign.get(qn("w:fldCharType")) for sign in body.iter(qn("w:fldChar"))]
    assert begun.count("begin") == begun.count("separate") == begun.count("end")
    assert "how certain it is (Table 3)" in text_of(paper)


def test_heading_rows_repeat_pictures_have_words_and_tables_have_captions(paper):
    for table in paper.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    pictures = [shape._inline.docPr for shape in paper.inline_shapes]
    assert len(pictures) >= 2
    assert all(len(picture.get("descr")) > 20 for picture in pictures)
    captions = [p.text for p in paper.paragraphs if p.style.name == "Caption" and p.text != "Contents"]
    assert [c.split(":")[0] for c in captions if c.startswith("Table")] == [
        f"Table {n + 1}" for n in range(len(paper.tables))
    ]


def test_language_title_and_run_are_told_to_the_reader_s_program(paper, published):
    assert paper.core_properties.language == "en-GB"
    assert {lang.get(qn("w:val")) for lang in paper.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert published.run_id in paper.core_properties.keywords
    assert "Small town" in paper.core_properties.title
    footer = paper.sections[0].footer.paragraphs[0]
    assert [c.text.strip() for c in footer._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


def test_every_citation_leads_to_a_row(paper, folder):
    found = set(CITATION.findall(text_of(paper)))
    assert len(found) > 15
    for citation in found:
        cite(folder, citation)  # raises for one that leads nowhere, or doesn't come out


def test_every_option_stands_in_it_with_its_figures_and_reason(paper, published):
    table = next(
        t for t in paper.tables if t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")).startswith("Every option")
    )
    told = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows[1:]}
    csv = published.tables["plan/options.csv"].set_index("option")
    assert list(told) == list(csv.index)
    assert all(csv.loc[option, "reason"] == cells[6] for option, cells in told.items())
    assert told["NEW-1"][5] == "£9.5 million"


def test_it_ranks_and_never_decides_and_says_what_was_not_tested(paper):
    told = text_of(paper)
    assert "No decision has been made" in told
    assert "It decides nothing" in told
    assert "how often this plan stays first when weights are drawn at random" in told.lower()
    assert "Synthetic data" in told
    assert "optimal within the gap" in told
    assert "0.42 %" in told  # the gap of run.json


def test_it_tells_in_how_many_futures_the_plan_is_first_and_what_each_rival_leaves_short(bundled_run):
    folder = bundled_run("town")
    paper, futures = docx.Document(str(folder / "paper.docx")), pd.read_csv(folder / "appraisal" / "futures.csv")
    first = futures.iloc[0]
    said = " ".join(p.text for p in paper.paragraphs)
    assert f"In {round(100 * first['share_first'])} %" in said
    assert f") of {first['futures']} futures of the forecast it is first, among {len(futures)} plans" in said
    assert "if other children come has not been tried" not in text_of(paper)
    table = next(t for t in paper.tables if t.rows[0].cells[1].text == "First in futures")
    told = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows[1:]}
    assert list(told) == futures["plan"].tolist()
    for row in futures.to_dict("records"):
        assert told[row["plan"]][1] == f"{round(100 * row['share_first'])} %"
        assert told[row["plan"]][3] == f"{row['shortfall_at_most']:,.0f}"
    assert any("one a future and plan" in p.get("descr", "") for p in paper.element.iter(qn("wp:docPr")))


def test_it_tells_over_which_longer_horizons_the_plan_is_first_and_how_far_each_rival_is_behind(bundled_run):
    folder = bundled_run("town")
    paper, beyond = docx.Document(str(folder / "paper.docx")), pd.read_csv(folder / "appraisal" / "beyond.csv")
    said = " ".join(p.text for p in paper.paragraphs)
    longer = beyond[(beyond["horizon_years"] > 8) & (beyond["plan"] == "the plan")]
    assert f"it stays first in {longer['first'].sum()} of {len(longer)}" in said
    assert "where years after the planned ones count too." not in text_of(paper)  # of what was not tested
    table = next(t for t in paper.tables if t.rows[0].cells[1].text == "8 years")
    assert [c.text for c in table.rows[0].cells[1:-1]] == [f"{y} years" for y in beyond["horizon_years"].unique()]
    told = {row.cells[0].text: [cell.text for cell in row.cells[1:-1]] for row in table.rows[1:]}
    assert list(told) == beyond["plan"].unique().tolist()
    for name, rows in beyond.groupby("plan"):
        for cell, row in zip(told[name], rows.to_dict("records"), strict=True):
            assert cell.startswith(f"{row['points_behind']:.4f}".replace("-", "\N{MINUS SIGN}"))
            assert cell.endswith(", first") == (row["first"] == 1)


def test_hostile_names_are_text(paper):
    told = text_of(paper)
    assert build.SCRIPT in told
    assert build.FORMULA in told


def test_nothing_of_the_internal_part_is_in_it(published, folder):
    more = {**published.tables, "certificate/secret.csv": pd.DataFrame({"children": [3]})}
    again = published_of(folder, published.run, more)
    assert paper_of(again) == paper_of(published) == (folder / "paper.docx").read_bytes()


def test_an_old_run_without_figures_or_id_or_layers_still_gives_a_paper(published):
    run = {key: published.run[key] for key in ("title", "scenario", "inputs", "status", "planned_years", "base_year")}
    tables = {path: table for path, table in published.tables.items() if path.startswith(("plan/", "appraisal/pr"))}
    old = dataclasses.replace(published, run=run, tables=tables, options=pd.DataFrame(), schools=pd.DataFrame())
    told = text_of(docx.Document(io.BytesIO(paper_of(old))))
    assert "how far a better plan could go is not known" in told
    assert "publishes no forecast" in told


def test_a_run_that_does_not_tell_its_planned_years_gives_the_same_forecast(published, paper):
    run = {key: told for key, told in published.run.items() if key != "planned_years"}
    told = text_of(docx.Document(io.BytesIO(paper_of(dataclasses.replace(published, run=run)))))
    of_forecast = [
        line for line in text_of(paper).splitlines() if line.startswith(f"[{published.run['run_id'][:6]}:summary")
    ]
    assert len(of_forecast) > 2
    assert set(of_forecast) <= set(told.splitlines())


def template_of(path, change=lambda _: None):
    document = docx.Document()
    document.styles["Heading 1"].font.color.rgb = RGBColor(0x80, 0x16, 0x50)
    document.sections[0].header.paragraphs[0].text = "Council of Nowhere"
    change(document)
    document.save(str(path))
    return path


def test_a_template_gives_its_styles_and_header_and_keeps_its_own_words_round_the_mark(published, tmp_path):
    def words(document):
        for line in ("Front page", "{{ paper }}", "Back page"):
            document.add_paragraph(line)

    made = docx.Document(io.BytesIO(paper_of(published, template_of(tmp_path / "own.docx", words))))
    lines = [paragraph.text for paragraph in made.paragraphs if paragraph.text]
    assert made.styles["Heading 1"].font.color.rgb == RGBColor(0x80, 0x16, 0x50)
    assert made.sections[0].header.paragraphs[0].text == "Council of Nowhere"
    assert (lines[0], lines[-1]) == ("Front page", "Back page")
    assert "{{ paper }}" not in lines
    assert "Purpose" in lines


def test_a_template_that_lacks_a_style_is_refused_by_name(published, tmp_path):
    def poorer(document):
        for name in ("Caption", "List Number"):
            document.styles[name].delete()

    with pytest.raises(ScenarioProblems, match="lacks the styles Caption, List Number"):
        paper_of(published, template_of(tmp_path / "poor.docx", poorer))


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_template_that_is_no_document_is_refused(published, tmp_path, content):
    file = tmp_path / "odd.docx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ScenarioProblems, match=r"odd\.docx"):
        paper_of(published, file)


def test_a_word_template_is_refused_with_what_to_do(published, tmp_path):
    good = template_of(tmp_path / "good.docx")
    with zipfile.ZipFile(good) as given, zipfile.ZipFile(tmp_path / "own.docx", "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(b"document.main+xml", b"template.main+xml"))
    with pytest.raises(ScenarioProblems, match=r"save it as a Word document"):
        paper_of(published, tmp_path / "own.docx")


def test_it_is_written_whole_and_never_over_another_or_into_the_run_folder(folder, tmp_path):
    place = write_paper(folder, tmp_path / "new" / "paper.docx")
    assert place.read_bytes() == (folder / "paper.docx").read_bytes()
    for out, fault in (
        (place, RunFolderInTheWay),
        (folder / "again.docx", RunFolderInTheWay),
        (tmp_path / "paper.pdf", ScenarioProblems),
    ):
        with pytest.raises(fault):
            write_paper(folder, out)
    assert write_paper(folder, place, replace=True) == place
    assert [file.name for file in place.parent.iterdir()] == ["paper.docx"]


def test_libreoffice_sets_its_pages(folder, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"]
    subprocess.run(
        [*words, "--convert-to", "pdf", "--outdir", tmp_path, folder / "paper.docx"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "paper.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout
    assert "Page 1 of" in told
    assert told.count("\f") >= 5
    assert "Error: Reference source not found" not in told


def test_without_the_extra_the_verb_names_it_and_the_run_goes_on_without_a_paper(published, monkeypatch):
    monkeypatch.setattr(documents, "has_paper", lambda: False)
    with pytest.raises(MissingExtra, match=r"placeplan\[all\]"):
        paper_of(published)
    assert "paper.docx" not in documents.documents_of(published)
    assert documents.left_out()[0].startswith("paper.docx")


def test_the_paper_says_in_which_prices_pounds_are_and_how_costs_are_discounted(published):
    run = {**published.run, "price_base": "2025 prices", "discount_rate": 0.035}
    words = " ".join(
        p.text for p in docx.Document(io.BytesIO(paper_of(dataclasses.replace(published, run=run)))).paragraphs
    )
    assert "Prices: 2025 prices; costs discounted at 3.5 % a year." in words
