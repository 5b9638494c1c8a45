"""Programs written for Selenium find and act on a page as they would in a browser."""

from collections.abc import Callable

import pytest

pytest.importorskip("pydantic_monty")


from webagents.planners.driver import Driver
from webagents.planners.driver.finding import found, root_of
from webagents.planners.driver.keys import Piece, pieces
from webagents.planners.sandbox import run

ACTS = {
    "driver.find_element(By.ID, 'enter').click()": ["click('8')"],
    "driver.find_element(By.NAME, 'user').send_keys('Bob', Keys.ENTER)": [
        "type('4', 'Bob')",
        "press('4', 'Enter')",
    ],
    "driver.find_element('xpath', '//label/following-sibling::input').clear()": ["clear('4')"],
    "driver.find_element(By.CSS_SELECTOR, 'ul li:nth-child(2)').click()": ["click('12')"],
    "driver.find_element(By.LINK_TEXT, 'Help me').click()": ["click('9')"],
    "driver.find_element(By.PARTIAL_LINK_TEXT, 'Help').click()": ["click('9')"],
    "driver.find_element(By.REF, '12').click()": ["click('12')"],
    "driver.find_element(By.CLASS_NAME, 'btn').submit()": ["click('8')"],
    "items = driver.find_element(By.TAG_NAME, 'ul')\n"
    "[each.click() for each in items.find_elements('xpath', './li')]": [
        "click('11')",
        "click('12')",
    ],
    "Select(driver.find_element(By.ID, 'colour')).select_by_visible_text('Red')": [
        "select_option('5', 'Red')"
    ],
    "driver.find_element(By.ID, 'colour').send_keys('re')": ["select_option('5', 'Red')"],
    "driver.find_element(By.ID, 'colour').send_keys(' ')": ["type('5', ' ')"],
    "Select(driver.find_element(By.ID, 'colour')).select_by_index(0)": [
        "select_option('5', 'Red')"
    ],
    "ActionChains(driver).move_to_element(driver.find_element(By.ID, 'enter')).click().perform()": [
        "click('8')"
    ],
    "a, b = driver.find_elements(By.TAG_NAME, 'li')\n"
    "ActionChains(driver).click_and_hold(a).move_to_element(b).release().perform()": [
        "hover('11')",
        "mouse_down()",
        "hover('12')",
        "mouse_up()",
    ],
    "ActionChains(driver).key_down(Keys.SHIFT).send_keys('a').key_up(Keys.SHIFT).perform()": [
        "keyboard_down('Shift')",
        "keyboard_type('a')",
        "keyboard_up('Shift')",
    ],
    "fill('4', 'Bob')\nclick(driver.find_element(By.ID, 'enter'), button='right')": [
        "fill('4', 'Bob')",
        "click('8', 'right')",
    ],
    "from selenium.webdriver.common.by import *\nfrom selenium import webdriver\nimport time\n"
    "driver = webdriver.Chrome()\n"
    "driver.maximize_window(); driver.implicitly_wait(10)\n"
    "driver.get('http://shop.test/a')\ntime.sleep(0.5)\n"
    "driver.get('/b')\ndriver.back()\ndriver.quit()": [
        "noop(500)",
        "goto('/b')",
        "go_back()",
    ],
    "from selenium.webdriver.support.ui import WebDriverWait as Wait\n"
    "from selenium.webdriver.support import expected_conditions as conditions\n"
    "Wait(driver, 9).until(conditions.element_to_be_clickable((By.ID, 'enter'))).click()": [
        "click('8')"
    ],
    "try:\n    driver.find_element(By.ID, 'no')\nexcept NoSuchElementException:\n    click('9')": [
        "click('9')"
    ],
    "try:\n    WebDriverWait(driver, 1).until(lambda d: d.find_element(By.ID, 'no'))\n"
    "except TimeoutException:\n    pass": ["noop(500)", "noop(500)"],
}
TOLD = {
    "driver.find_element(By.ID, 'entre')": "NoSuchElementException: no element by id 'entre'; the "
    'nearest: <button ref="8" id="enter" class="big btn" type="submit">Sign in</button>',
    "driver.find_element(By.REF, '99').click()": "NoSuchElementException: no element by ref '99'",
    "driver.find_element_by_id('enter')": "no find_element_by_id here: write "
    "find_element(By.ID, ...)",
    "driver.find_element(By.ID, 'u').sendkeys('x')": "nothing here has an attribute 'sendkeys'; "
    "did you mean 'send_keys'?",
    "driver.find_element(By.ID, 'colour').select_by_visible_text('Red')": "AttributeError: "
    "'Element' object has no attribute 'select_by_visible_text'; write "
    "Select(element).select_by_visible_text(...)",
    "driver.find_elements(By.TAG_NAME, 'li').click()": "AttributeError: 'list' object has no "
    "attribute 'click'; find_elements answers a list: take one of it",
    "driver.send_keys('Al')": "AttributeError: 'Driver' object has no attribute 'send_keys'; it is "
    "an element's: driver.find_element(...).send_keys",
    "driver.find_element(By.ID, 'u').value": "AttributeError: 'Element' object has no attribute "
    "'value'; write get_attribute('value')",
    "driver.find_element('id of', 'u')": "InvalidSelectorException: no way 'id of' to find "
    "elements; the ways are id, name, css selector, xpath, link text, partial link text, tag "
    "name, class name, ref",
    "driver.find_element(By.XPATH, '//li/text()')": "InvalidSelectorException: '//li/text()' does "
    "not choose elements, but text or numbers",
    "driver.find_element(By.XPATH, '//li[')": "InvalidSelectorException: '//li[': Invalid "
    "expression",
    "Select(driver.find_element(By.ID, 'u'))": "UnexpectedTagNameException: Select takes a "
    "<select>, not <input>; click the element",
    "click('5 5')": "InvalidArgumentException: click: 'ref' must be a ref such as '5', not '5 5'",
    "driver.find_element(By.ID, 'u').rect": "WebDriverException: this page is seen without places "
    "and sizes",
}


@pytest.mark.parametrize(("program", "actions"), ACTS.items())
def test_what_a_program_does_becomes_action_texts(
    program: str, actions: list[str], driver: Driver
) -> None:
    outcome = run(program, driver)

    assert (str(outcome), driver.actions) == ("done", actions)


@pytest.mark.parametrize(("program", "message"), TOLD.items())
def test_what_cannot_be_done_is_told_in_selenium_s_words(
    program: str, message: str, driver: Driver
) -> None:
    assert run(program, driver).message == message


def test_what_a_program_reads_is_the_page_as_it_is_seen(driver: Driver) -> None:
    program = (
        "box = driver.find_element(By.ID, 'u')\n"
        "terms = driver.find_element(By.NAME, 'terms')\n"
        "print(box.get_attribute('value'), box.tag_name, box.is_enabled(), terms.is_enabled())\n"
        "print([li.text for li in driver.find_elements(By.TAG_NAME, 'li')], driver.current_url)\n"
        "print(box == driver.find_element(By.NAME, 'user'), box == terms)\n"
        "print(Select(driver.find_element(By.ID, 'colour')).first_selected_option.text)"
    )

    assert run(program, driver).printed == (
        "Al input True False\n['one', 'two'] http://shop.test/a\nTrue False\nBlue\n"
    )


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("<button> is hidden", "ElementNotInteractableException"),
        ("covered by <div>", "ElementClickInterceptedException"),
        ("ref 8 is stale: its element has left the page", "StaleElementReferenceException"),
        ("no element has ref 8; the page's refs go up to 3", "NoSuchElementException"),
        ("something else", "WebDriverException"),
    ],
)
def test_what_the_page_answers_to_an_action_has_selenium_s_name(
    error: str, name: str, driver_of: Callable[..., Driver]
) -> None:
    outcome = run("driver.find_element(By.ID, 'enter').click()", driver_of(error))

    assert (outcome.message, outcome.line) == (f"{name}: {error}", 1)


def test_an_element_that_left_the_page_is_stale(driver_of: Callable[..., Driver]) -> None:
    driver = driver_of(html='<body ref="1"><p ref="20">gone</p></body>')
    driver.observation = driver_of().observation
    outcome = run("e = driver.find_element(By.ID, 'u')\ne.click()\ne.text", driver)

    assert str(outcome) == (
        "StaleElementReferenceException: ref 4 has left the page (line 3: e.text)"
    )


def test_a_path_that_would_take_hours_is_not_asked_for() -> None:
    root = root_of("<body ref='1'>" + "<p ref='2'><b ref='3'>x</b></p>" * 2000 + "</body>")

    assert len(found(root, "xpath", "//p[.//b[text()='x'] and ../p]//b")) == 2000
    for path in ("//*[preceding::*]", "//p[../p[../p]]", "//p[//b[//b]]", "//b" * 7):
        with pytest.raises(ValueError, match="InvalidSelectorException"):
            found(root, "xpath", path)


def test_keys_are_told_from_text() -> None:
    assert list(pieces("ab\ue009a\ue000c\n")) == [
        Piece(text="ab"),
        Piece(key="Control+a"),
        Piece(text="c"),
        Piece(key="Enter"),
    ]
