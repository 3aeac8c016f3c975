import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.writers import Document, write

NASTY = Document(
    results=pd.DataFrame({"a": [1 / 3, None]}),
    rows=pd.DataFrame({"A & B": ["50 % | x_1", "300 +690 −160 ± 0.2"], "<b>": ["> 5", "–"]}),
    caption="100 % of $ & #_{}~^\\ stay <text>.",
    notes=["Rows of code_1 & <2>."],
    made_by="https://host/a_%20b~c#d",
)


def written(folder, suffix):
    path = folder / f"toy{suffix}"
    write(path, NASTY)
    return path.read_text(encoding="utf-8")


def test_csv_keeps_all_digits_and_leaves_undefined_numbers_empty(tmp_path):
    assert written(tmp_path, ".csv") == 'a\n0.3333333333333333\n""\n'


def test_csv_of_a_study_comes_back_exactly(taggers):
    path = taggers[0] / "jetclass_taggers.csv"
    table = pd.read_csv(path)
    assert table.to_csv(index=False, lineterminator="\n") == path.read_text()


def test_markdown_rows_have_as_many_cells_as_columns(tmp_path):
    rows = written(tmp_path, ".md").splitlines()[:4]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


def test_markdown_has_caption_bold_notes_and_small_print_below_each_other(tmp_path):
    below = written(tmp_path, ".md").splitlines()[4:]
    assert below == ["", NASTY.caption, "", f"**{NASTY.notes[0]}**", "", NASTY.made_by]


@pytest.mark.parametrize(("suffix", "mark"), [(".md", "**"), (".tex", "textbf"), (".html", "<p c")])
def test_a_table_without_notes_has_no_room_for_them(suffix, mark, tmp_path):
    write(tmp_path / f"plain{suffix}", NASTY._replace(notes=(), made_by=""))
    assert mark not in (tmp_path / f"plain{suffix}").read_text()


def test_latex_is_escaped_and_balanced(tmp_path):
    text = written(tmp_path, ".tex")
    assert r"50 \% | x\_1 & $>$ 5 \\" in text
    assert r"300 +690 $-$160 $\pm$ 0.2" in text
    body = re.sub(r"\\[\\{}%&$#_]", "", text.split("\n", 1)[1])
    assert body.count("{") == body.count("}")
    assert re.findall(r"\\begin{(.*?)}", text) == ["table", "tabular"]
    assert re.findall(r"\\end{(.*?)}", text) == ["tabular", "table"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(tmp_path):
    packages = r"\documentclass{article}\usepackage{booktabs,graphicx}"
    document = rf"{packages}\begin{{document}}{written(tmp_path, '.tex')}\end{{document}}"
    (tmp_path / "document.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


def test_html_shows_the_text_as_it_is(tmp_path):
    texts = []
    parser = HTMLParser()
    parser.handle_data = texts.append
    parser.feed(written(tmp_path, ".html"))
    assert {"50 % | x_1", "> 5", NASTY.caption, *NASTY.notes, NASTY.made_by} <= set(texts)


def test_html_table_scrolls_below_its_caption_and_beside_its_first_column(tmp_path):
    text = written(tmp_path, ".html")
    kinds = ("<p>", '<p class="notes">', '<p class="made">', "<div>")
    assert sorted(kinds, key=text.index) == list(kinds)
    assert re.search(r"div{overflow:auto[^}]*}", text)
    assert re.search(r"td:first-child,th:first-child{[^}]*position:sticky;left:0", text)


def test_published_rows_of_html_look_different_wherever_they_are_scrolled_to(taggers):
    text = (taggers[0] / "jetclass_taggers.html").read_text()
    rows = re.findall(r"<tr.*?</tr>", text)[1:]
    published = ["<td>published</td>" in row for row in rows]
    assert published == [row.startswith('<tr class="published">') for row in rows]
    assert sum(published) == 5 and "tr.published td{" in text


def test_unknown_format_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"toy\.xlsx: expected one of the formats \.csv, \.md"):
        write(tmp_path / "toy.xlsx", NASTY)


@pytest.mark.parametrize("script", ["tabulate", "draw"])
def test_scripts_start_without_torch(script):
    code = f"import sys, workflow.scripts.{script}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
