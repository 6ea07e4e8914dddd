import pytest

from tests.web.page_rules import fragment_faults, page_faults

GOOD = (
    '<!doctype html><html lang="en" dir="ltr"><head><title>T</title></head><body><h1>H</h1><p id="a">x</p>'
    '<form method="post" action="/consent/choice"><fieldset><legend>L</legend>'
    '<label><input type="radio" name="p.x" value="no"> No</label></fieldset><button>Save</button></form>'
    '<a href="#a">up</a></body></html>'
)


def test_a_good_page_has_no_faults():
    assert page_faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<h1>H</h1>", ""),
        ("<h1>H</h1>", "<h1>H</h1><h1>I</h1>"),
        ("<title>T</title>", "<title> </title>"),
        (' lang="en"', ""),
        (' dir="ltr"', ""),
        ('id="a"', 'id="a" style="color:red"'),
        ('id="a"', 'id="a" onclick="x()"'),
        ('<p id="a">', '<script>x</script><p id="a">'),
        ('<p id="a">', '<style>p{}</style><p id="a">'),
        ('<p id="a">', '<b id="a">y</b><p id="a">'),
        ('<p id="a">', '<img src="https://evil.example/x.png" alt=""><p id="a">'),
        ("<label><input", "<input"),
        ("<legend>L</legend>", ""),
        ("<legend>L</legend>", "<legend> </legend>"),
        ('href="#a"', 'href="#b"'),
        ('href="#a"', 'href="javascript:x()"'),
        ('href="#a"', 'href="//evil.example"'),
        ('action="/consent/choice"', 'action="mailto:x@evil.example"'),
        ('href="#a"', 'href="#a" aria-describedby="b"'),
        ('action="/consent/choice"', 'action="https://evil.example/"'),
        ("<button>Save</button>", "<button></button>"),
        ("</form>", "</fieldset></form>"),
    ],
)
def test_every_broken_rule_is_a_fault(old, new):
    assert old in GOOD
    assert page_faults(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    "fragment",
    [
        "<section><p>x</p></section>",
        '<section lang="en" dir="ltr"><h1>x</h1></section>',
        '<section lang="en" dir="ltr"><input name="x"></section>',
        '<section lang="en" dir="ltr"><p></section>x</p>',
        "",
    ],
)
def test_a_broken_fragment_is_found_too(fragment):
    assert fragment_faults(fragment)
