"""The page in a real browser, opened from a file, with nobody to ask for anything."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from angelshare.core.shown import visible
from angelshare.report import render_html, render_reproduction_html
from angelshare.report.pages.comparison import render_comparison_html
from angelshare.report.words.excerpts import shortened
from angelshare.statement.comparison import Comparison
from angelshare.statement.reproduction import Reproduction
from angelshare.statement.schema import Statement

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="no chromium with its chromedriver on the path"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """One headless Chromium for all tests."""
    options = Options()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(statement: Statement, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as a file."""
    path: Path = tmp_path_factory.mktemp("page") / "statement.html"
    path.write_text(render_html(statement), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def rich_address(rich_statement: Statement, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page with slices, targets, ratios, calibration, speed and examples as a file."""
    path: Path = tmp_path_factory.mktemp("rich") / "statement.html"
    path.write_text(render_html(rich_statement), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def comparison_address(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of two releases as a file."""
    path: Path = tmp_path_factory.mktemp("comparison") / "comparison.html"
    path.write_text(render_comparison_html(comparison), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def rich(browser: webdriver.Chrome, rich_address: str) -> webdriver.Chrome:
    """The browser with the rich page just opened, at a desk's width."""
    _width(browser, 1440)
    browser.get(rich_address)
    return browser


@pytest.fixture
def opened(browser: webdriver.Chrome, address: str) -> webdriver.Chrome:
    """The browser with the page just opened, at a desk's width."""
    _width(browser, 1440)
    browser.get(address)
    return browser


def _width(browser: webdriver.Chrome, width: int) -> None:
    """Set the width of the window in CSS pixels."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _shown(browser: webdriver.Chrome) -> list[list[str]]:
    """Return the texts of the explorer's cells, row by row."""
    return browser.execute_script(
        "return Array.from(document.querySelectorAll('.explorer tbody tr'),"
        " row => Array.from(row.cells, cell => cell.textContent))"
    )


def test_the_page_opens_without_errors_and_asks_for_nothing(browser: webdriver.Chrome, address: str):
    """No entry in the console, no request but the file itself; the title is the statement's."""
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(address)
    assert browser.title == "Loss statement: reviews: minilm → mlp, bilstm, minilm-3l"
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    requests = [entry["message"] for entry in browser.get_log("performance") if "requestWillBeSent" in entry["message"]]
    assert all(address in message for message in requests)


def test_hostile_texts_are_text(hostile: tuple[str, ...], opened: webdriver.Chrome):
    """They stand in the cells character by character; none ran, none closed anything."""
    cells = [cell for row in _shown(opened) for cell in row]
    for text in hostile:
        assert visible(shortened(text)) in cells
    assert opened.title.startswith("Loss statement")
    assert opened.execute_script("return document.querySelectorAll('script, img').length") == 1


def test_the_policy_stops_a_script_that_slipped_in(opened: webdriver.Chrome):
    """A handler put into the page after the fact does not run."""
    opened.execute_script(
        "const p = document.createElement('p'); p.innerHTML = '<img src=x onerror=\"window.taken = 1\">'; document.body.append(p);"
    )
    assert opened.execute_async_script("setTimeout(() => arguments[0](window.taken === undefined), 50)")
    opened.get_log("browser")


def test_the_explorer_searches_filters_sorts_and_turns_pages(opened: webdriver.Chrome):
    """45 rows in pages of 15."""
    assert len(_shown(opened)) == 15
    opened.execute_script("arguments[0].click()", opened.find_element(By.CSS_SELECTOR, ".explorer .forth"))
    assert opened.find_element(By.CSS_SELECTOR, ".explorer .place").text == "page 2 of 3"
    opened.find_element(By.CSS_SELECTOR, ".explorer input[type=search]").send_keys("SOUP")
    assert len(_shown(opened)) == 6
    assert opened.find_element(By.CSS_SELECTOR, ".explorer .found").text == "6 of 45 rows"
    student, group, _ = (Select(e) for e in opened.find_elements(By.CSS_SELECTOR, ".explorer select"))
    student.select_by_value("bilstm")
    assert _shown(opened) == []
    student.select_by_value("mlp")
    group.select_by_value("only the student is right")
    assert {row[-2] for row in _shown(opened)} == {"only the student is right"}
    group.select_by_value("")
    header = opened.find_element(By.CSS_SELECTOR, ".texts thead th button")
    header.send_keys(Keys.ENTER)
    header.send_keys(Keys.ENTER)
    ids = [row[0] for row in _shown(opened)]
    assert ids == sorted(ids, reverse=True)
    assert opened.find_element(By.CSS_SELECTOR, ".texts th").get_attribute("aria-sort") == "descending"


def _choose(browser: webdriver.Chrome, name: str, value: str) -> None:
    """Choose a value of one filter of the differences."""
    Select(browser.find_element(By.CSS_SELECTOR, f".sift select[name={name}]")).select_by_value(value)


def _differences(browser: webdriver.Chrome) -> list[list[str]]:
    """Return student, contrast, slice and verdict of the rows of differences that are shown."""
    return browser.execute_script(
        "return Array.from(document.querySelectorAll('.section:not([hidden]) tbody:not([hidden]) tr:not(.group)'),"
        " row => [row.closest('.section').dataset.student, row.closest('.section').dataset.contrast, row.dataset.slice,"
        " row.dataset.verdict])"
    )


def test_differences_are_filtered_by_student_slice_verdict_and_text(rich: webdriver.Chrome):
    """What does not fit goes, sections without rows too, and the count is told."""
    tally = rich.find_element(By.CSS_SELECTOR, ".sift .found")
    n = len(_differences(rich))
    assert tally.text == f"{n} of {n} rows"
    assert tally.get_attribute("aria-live") == "polite"
    _choose(rich, "student", "mlp")
    _choose(rich, "slice", "=women")
    assert _differences(rich) == [
        ["mlp", "student-teacher", "=women", "lost"],
        ["mlp", "slice-rest", "=women", "lost"],
    ]
    assert tally.text == f"2 of {n} rows"
    assert all(rich.execute_script("return [...document.querySelectorAll('.section:not([hidden])')].map(s => s.open)"))
    _choose(rich, "verdict", "gained")
    assert _differences(rich) == []
    for name in ("student", "slice", "verdict"):
        _choose(rich, name, "")
    rich.find_element(By.CSS_SELECTOR, ".sift input").send_keys("THROUGHPUT")
    assert [row[0] for row in _differences(rich)] == ["mlp", "bilstm", "minilm-3l"]


def test_differences_are_sorted_by_the_keyboard(rich: webdriver.Chrome):
    """By the number, not by its text: -18.0 comes before -9.0, and Enter turns the order round."""
    slices = ".section[data-contrast=slice-rest]"
    rich.execute_script(f"document.querySelector('{slices}').open = true")
    deltas = f"return [...document.querySelectorAll('{slices} .delta')].slice(0, 7).map(c => +c.dataset.value)"
    header = rich.find_element(By.CSS_SELECTOR, f"{slices} tbody th:nth-child(3) button")
    header.send_keys(Keys.ENTER)
    up = rich.execute_script(deltas)
    assert len(up) == 7
    assert up == sorted(up)
    header.send_keys(Keys.SPACE)
    assert rich.execute_script(deltas) == up[::-1]
    head = rich.find_element(By.CSS_SELECTOR, f"{slices} tbody th:nth-child(3)")
    assert head.get_attribute("aria-sort") == "descending"


def test_figures_are_sorted_as_numbers(rich: webdriver.Chrome):
    """Bins of 1,200 items come after those of 12."""
    rich.execute_script("document.querySelectorAll('#calibration details').forEach(d => { d.open = true; })")
    header = rich.find_element(By.CSS_SELECTOR, "#calibration th:nth-child(5) button")
    header.send_keys(Keys.ENTER)
    header.send_keys(Keys.ENTER)
    counts = "return [...document.querySelectorAll('#calibration tbody tr')].map(r => r.cells[4].textContent)"
    assert rich.execute_script(counts)[:6] == ["768", "768", "768", "768", "768", "588"]


def test_the_theme_is_changed_by_a_button_and_forgotten(rich: webdriver.Chrome):
    """The system's scheme is light here; the button turns it dark, a new visit is light again."""
    media = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    rich.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    rich.refresh()
    paper = "return getComputedStyle(document.body).backgroundColor"
    button = rich.find_element(By.CSS_SELECTOR, ".theme")
    assert button.get_attribute("aria-pressed") == "false"
    button.send_keys(Keys.ENTER)
    assert (rich.execute_script(paper), button.get_attribute("aria-pressed")) == ("rgb(23, 23, 26)", "true")
    button.send_keys(Keys.ENTER)
    assert rich.execute_script(paper) == "rgb(253, 252, 250)"
    button.send_keys(Keys.ENTER)
    rich.refresh()
    assert rich.execute_script(paper) == "rgb(253, 252, 250)"


@pytest.fixture(scope="module")
def long_address(statement: Statement, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with 220 differences of one student and 130 rows of figures, as a file."""
    quality, agreement, *_ = statement.audits
    row = quality.differences[0]
    rows = tuple(row.model_copy(update={"slice": f"slice {k}", "delta": -k / 1e5}) for k in range(220))
    counts = agreement.tables[1].model_copy(update={"rows": tuple(("mlp", f"l{k}", "a", "b", k) for k in range(130))})
    audits = (quality.model_copy(update={"differences": rows}), agreement.model_copy(update={"tables": (counts,)}))
    path: Path = tmp_path_factory.mktemp("long") / "statement.html"
    path.write_text(render_html(statement.model_copy(update={"audits": audits})), encoding="utf-8")
    return path.as_uri()


def test_many_differences_are_shown_a_hundred_at_a_time(browser: webdriver.Chrome, long_address: str):
    """220 rows of one student: a hundred, and a hundred more on request; all are counted."""
    browser.get(long_address)
    assert len(_differences(browser)) == 100
    assert browser.find_element(By.CSS_SELECTOR, ".sift .found").text == "220 of 220 rows"
    browser.execute_script("document.querySelector('.rest button').click()")
    assert len(_differences(browser)) == 200


def test_on_paper_every_difference_and_the_first_hundred_figures_stand(browser: webdriver.Chrome, long_address: str):
    """Whatever was filtered or paged away; how much is left out is said, and the screen is as before afterwards."""
    browser.get(long_address)
    browser.find_element(By.CSS_SELECTOR, ".sift input").send_keys("slice 7")
    _choose(browser, "slice", "=slice 77")
    count = (
        "const place = document.querySelector('#audits .place');"
        "window.printed = [document.querySelectorAll('.section:not([hidden]) tbody:not([hidden]) tr:not(.group)').length,"
        " document.querySelectorAll('#audits .explorer tbody tr').length, place.textContent,"
        " document.querySelectorAll('details:not([open])').length, getComputedStyle(place).display !== 'none']"
    )
    browser.execute_script(f"addEventListener('beforeprint', () => {{ {count} }})")
    browser.execute_cdp_cmd("Page.printToPDF", {})
    assert browser.execute_script("return window.printed") == [
        220, 100, "first 100 of 130 rows; all are in statement.json", 0, True,
    ]  # fmt: skip
    assert _differences(browser) == [["mlp", "student-teacher", "=slice 77", "lost"]]
    assert len(browser.find_elements(By.CSS_SELECTOR, "#audits .explorer tbody tr")) == 10
    assert browser.find_element(By.CSS_SELECTOR, "#audits .place").text == "page 1 of 13"
    assert browser.execute_script("return document.querySelectorAll('details:not([open])').length") > 0


def test_on_paper_no_table_scrolls_even_without_scripts(browser: webdriver.Chrome, long_address: str):
    """All rows take their room: nothing is cut at the height of a window, and controls are gone."""
    heights = (
        "return Array.from(document.querySelectorAll('.explorer .scroll'), e => e.scrollHeight - e.clientHeight)"
        ".concat(Array.from(document.querySelectorAll('.controls, .rest, .theme'), e => e.offsetHeight))"
    )
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.get(long_address)
        assert len(browser.find_elements(By.CSS_SELECTOR, "#audits .explorer tbody tr")) == 130
        assert set(browser.execute_script(heights)) == {0}
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_page_fits_its_window(rich: webdriver.Chrome):
    """Never wider than the window, in light and dark, with every section unfolded."""
    rich.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    measured = (
        "const root = document.documentElement;"
        "return [innerWidth, root.scrollWidth - root.clientWidth, getComputedStyle(document.body).backgroundColor]"
    )
    for scheme, paper in (("light", "rgb(253, 252, 250)"), ("dark", "rgb(23, 23, 26)")):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        rich.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        for width in (1440, 768, 390):
            _width(rich, width)
            assert rich.execute_script(measured) == [width, 0, paper]


def test_a_comparison_fits_its_window(browser: webdriver.Chrome, comparison_address: str):
    """Tables become cards on a small screen: no table scrolls, and each value stands beside its name."""
    browser.get(comparison_address)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    measured = (
        "const wide = e => e.scrollWidth - e.clientWidth;"
        "const tables = Math.max(...Array.from(document.querySelectorAll('.scroll'), wide));"
        "const name = getComputedStyle(document.querySelector('.cards td'), '::before').content;"
        "return [wide(document.documentElement), tables, name]"
    )
    for width, name in ((1440, "none"), (390, '"student"')):
        _width(browser, width)
        assert browser.execute_script(measured) == [0, 0, name]


def test_without_scripts_every_text_is_there(browser: webdriver.Chrome, address: str):
    """The explorer is an ordinary table then, and its controls are hidden."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        assert len(browser.find_elements(By.CSS_SELECTOR, ".explorer tbody tr")) == 45
        assert not any(e.is_displayed() for e in browser.find_elements(By.CSS_SELECTOR, ".controls, .theme, .rest"))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.fixture(scope="module")
def reproduction_address(reproduction: Reproduction, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a reproduction as a file."""
    path: Path = tmp_path_factory.mktemp("reproduction") / "reproduction.html"
    path.write_text(render_reproduction_html(reproduction), encoding="utf-8")
    return path.as_uri()


def _paper_rows(browser: webdriver.Chrome) -> list[list[str]]:
    """Return text set, model and state of the paper's rows that are shown."""
    return browser.execute_script(
        "return Array.from(document.querySelectorAll('.beside-table tbody:not([hidden]) tr:not(.group)'),"
        " row => [row.dataset.suite, row.dataset.model, row.dataset.state])"
    )


def test_a_papers_numbers_are_filtered_and_sorted(browser: webdriver.Chrome, reproduction_address: str):
    """By model and by what we have; by our number within a text set, gaps behind all numbers."""
    _width(browser, 1440)
    browser.get(reproduction_address)
    assert browser.get_log("browser") == []
    assert len(_paper_rows(browser)) == 28
    _choose(browser, "state", "stand-in")
    _choose(browser, "model", "CNN")
    suites = ["Short Synthetic", "Long Synthetic", "False Positives", "Identity Swaps"]
    assert _paper_rows(browser) == [[suite, "CNN", "stand-in"] for suite in suites]
    assert browser.find_element(By.CSS_SELECTOR, ".sift .found").text == "4 of 28 rows"
    for name in ("state", "model"):
        _choose(browser, name, "")
    browser.find_element(By.CSS_SELECTOR, ".beside-table .group th:nth-child(3) button").send_keys(Keys.ENTER)
    models = [model for _, model, _ in _paper_rows(browser)[:4]]
    assert models == ["CNN", "DISTILLEDCNN", "BERT", "DISTILLEDSMBERTONPROPRIETARY"]


def test_a_reproduction_fits_its_window(browser: webdriver.Chrome, reproduction_address: str):
    """At a desk and in hand, with everything unfolded, nothing is wider than the window."""
    browser.get(reproduction_address)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (1440, 768, 390):
        _width(browser, width)
        assert browser.execute_script(wide) == 0, width
