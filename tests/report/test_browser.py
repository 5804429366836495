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

from angelshare.report import render_html
from angelshare.report.texts import shortened, visible
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
    found = rich.find_element(By.CSS_SELECTOR, ".sift .found")
    n = len(_differences(rich))
    assert found.text == f"{n} of {n} rows"
    assert found.get_attribute("aria-live") == "polite"
    _choose(rich, "student", "mlp")
    _choose(rich, "slice", "=women")
    assert _differences(rich) == [
        ["mlp", "student-teacher", "=women", "lost"],
        ["mlp", "slice-rest", "=women", "lost"],
    ]
    assert found.text == f"2 of {n} rows"
    assert all(rich.execute_script("return [...document.querySelectorAll('.section:not([hidden])')].map(s => s.open)"))
    _choose(rich, "verdict", "gained")
    assert _differences(rich) == []
    for name in ("student", "slice", "verdict"):
        _choose(rich, name, "")
    rich.find_element(By.CSS_SELECTOR, ".sift input").send_keys("THROUGHPUT")
    assert [row[0] for row in _differences(rich)] == ["mlp", "bilstm", "minilm-3l"]


def test_differences_are_sorted_by_the_keyboard(rich: webdriver.Chrome):
    """By the number, not by its text: -18.0 comes before -9.0, and Enter turns the order round."""
    deltas = (
        "return [...document.querySelector('.section tbody').querySelectorAll('.delta')].map(c => +c.dataset.value)"
    )
    header = rich.find_element(By.CSS_SELECTOR, ".section tbody th:nth-child(3) button")
    header.send_keys(Keys.ENTER)
    up = rich.execute_script(deltas)
    assert len(up) > 8
    assert up == sorted(up)
    header.send_keys(Keys.SPACE)
    assert rich.execute_script(deltas) == up[::-1]
    head = rich.find_element(By.CSS_SELECTOR, ".section tbody th:nth-child(3)")
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


def test_many_differences_are_shown_a_hundred_at_a_time(
    browser: webdriver.Chrome, statement: Statement, tmp_path: Path
):
    """300 rows of one student: a hundred, and a hundred more on request; all are counted."""
    quality = statement.audits[0]
    row = quality.differences[0]
    rows = tuple(row.model_copy(update={"slice": f"slice {k}", "delta": -k / 1e5}) for k in range(300))
    path = tmp_path / "many.html"
    audits = (quality.model_copy(update={"differences": rows}),)
    path.write_text(render_html(statement.model_copy(update={"audits": audits})), encoding="utf-8")
    browser.get(path.as_uri())
    assert len(_differences(browser)) == 100
    assert browser.find_element(By.CSS_SELECTOR, ".sift .found").text == "300 of 300 rows"
    browser.execute_script("document.querySelector('.rest button').click()")
    assert len(_differences(browser)) == 200


def test_on_paper_every_section_is_open(rich: webdriver.Chrome):
    """What was folded is unfolded for the printer and folded again."""
    folded = "return document.querySelectorAll('details:not([open])').length"
    before = rich.execute_script(folded)
    assert before > 0
    rich.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert rich.execute_script(folded) == 0
    rich.execute_script("dispatchEvent(new Event('afterprint'))")
    assert rich.execute_script(folded) == before


@pytest.mark.parametrize("width", [1440, 768, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_its_window(browser: webdriver.Chrome, rich_address: str, width: int, scheme: str):
    """Never wider than the window, in light and dark, with every section unfolded."""
    _width(browser, width)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(rich_address)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    widths = "const root = document.documentElement; return [innerWidth, root.scrollWidth - root.clientWidth]"
    assert browser.execute_script(widths) == [width, 0]
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(253, 252, 250)", "dark": "rgb(23, 23, 26)"}[scheme]


def test_without_scripts_every_text_is_there(browser: webdriver.Chrome, address: str):
    """The explorer is an ordinary table then, and its controls are hidden."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        assert len(browser.find_elements(By.CSS_SELECTOR, ".explorer tbody tr")) == 45
        assert not any(e.is_displayed() for e in browser.find_elements(By.CSS_SELECTOR, ".controls, .theme, .rest"))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
