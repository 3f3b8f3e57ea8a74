from tests.services.chromium import DESKTOP
def test_pic(browser, portal):
    ctx = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    ctx.add_cookies([portal.cookie("officer@metropolitan.police.example")])
    page = ctx.new_page()
    page.goto(portal.address + "/search/?q=snapchat+preservation")
    page.screenshot(path="docs/images/search.png")
    ctx.close()
