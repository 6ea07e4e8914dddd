"""Bech32 (BIP 173), in which the keys of age are spelled; without its limit of 90 characters, as age has it."""

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK_LENGTH = 6


def encode_bech32(prefix: str, content: bytes) -> str:
    """Spell bytes behind a prefix in lower case."""
    words = _cut_into(content, 8, 5, pad=True)
    check = _compute_check([*_split_prefix(prefix), *words, *([0] * CHECK_LENGTH)]) ^ 1
    words += [(check >> 5 * (CHECK_LENGTH - 1 - place)) & 31 for place in range(CHECK_LENGTH)]
    return f"{prefix}1{''.join(LETTERS[word] for word in words)}"


def decode_bech32(prefix: str, text: str) -> bytes:
    """Read the bytes behind a prefix; raises ValueError where the text is not exactly what would be written."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("upper and lower case are mixed")
    given, _, spelled = text.lower().rpartition("1")
    if given != prefix or len(spelled) < CHECK_LENGTH or not set(spelled) <= set(LETTERS):
        raise ValueError(f"it does not begin with {prefix}1, or has a character that cannot be in it")
    words = [LETTERS.index(letter) for letter in spelled]
    if _compute_check([*_split_prefix(prefix), *words]) != 1:
        raise ValueError("its check characters do not match; a character is wrong or missing")
    content = bytes(_cut_into(words[:-CHECK_LENGTH], 5, 8, pad=False))
    if encode_bech32(prefix, content) != text.lower():
        raise ValueError("it is not spelled as it should be")
    return content


def _split_prefix(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _compute_check(words: list[int]) -> int:
    check = 1
    for word in words:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ word
        for place, term in enumerate(GENERATOR):
            check ^= term if top >> place & 1 else 0
    return check


def _cut_into(numbers: bytes | list[int], have: int, want: int, *, pad: bool) -> list[int]:
    """Cut a row of numbers of so many bits anew, into numbers of so many."""
    held, bits, made = 0, 0, []
    for number in numbers:
        held, bits = (held << have) | number, bits + have
        while bits >= want:
            bits -= want
            made.append(held >> bits & (1 << want) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        made.append(held << want - bits & (1 << want) - 1)
    return made
