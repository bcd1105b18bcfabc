from marketplace.outreach.messages import MESSAGES
from marketplace.outreach.rendering import write


def test_words_are_written_three_times() -> None:
    written = write(
        MESSAGES["vendor_suspended"],
        {"vendor": "Tea & <b>Clay</b>", "reason": "Suspicion of fraud", "note": "One.\nTwo."},
        language="en",
    )
    assert written.subject == "Tea & <b>Clay</b> is off sale"
    assert written.text == (
        "Hello,\n\nTea & <b>Clay</b> was suspended at localhost:8000: its listings cannot be seen\n"
        "or bought for now.\n\nWhy: Suspicion of fraud.\n\nOne.\nTwo.\n\n"
        "Orders that were placed before are still to be fulfilled. You may appeal\n"
        "against the decision once.\n\n--\nlocalhost:8000\n"
    )
    assert "Tea &amp; &lt;b&gt;Clay&lt;/b&gt; was suspended" in written.html
    assert '<p style="margin:0 0 16px">One.<br>Two.</p>' in written.html
    assert "<title>Tea &amp; &lt;b&gt;Clay&lt;/b&gt; is off sale</title>" in written.html
