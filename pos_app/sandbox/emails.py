"""Whether a text could be an e-mail address. Not whether somebody reads it."""

_LONGEST = 254
_LONGEST_LOCAL = 64


def plausible(text: str) -> bool:
    """One `@`, no blanks, and a domain of at least two labels."""
    local, at, domain = text.partition("@")
    if not at or len(text) > _LONGEST or not 0 < len(local) <= _LONGEST_LOCAL:
        return False
    if any(
        letter.isspace() or not letter.isprintable() or letter in '@<>()[],;:"\\' for letter in local + domain
    ):
        return False
    labels = domain.split(".")
    return _dots_fit(local) and len(labels) > 1 and all(map(_is_label, labels)) and not labels[-1].isdigit()


def _dots_fit(local: str) -> bool:
    return not (local.startswith(".") or local.endswith(".") or ".." in local)


def _is_label(label: str) -> bool:
    inner = label.replace("-", "")
    return inner.isalnum() and not label.startswith("-") and not label.endswith("-")
