"""How to cite the state: `CITATION.cff`.

Citation File Format 1.2.0, https://citation-file-format.github.io
"""

from __future__ import annotations

from typing import Any

from schemas.descriptors.facts import KEYWORDS, TITLE, StateFacts
from schemas.descriptors.text import as_yaml


def content(facts: StateFacts) -> str:
    """Returns the citation as YAML; its version is the identifier of the state."""
    publisher = facts.publisher
    author = {"name": publisher.name}
    if publisher.name_zh and publisher.name_zh != publisher.name:
        author["alias"] = publisher.name_zh
    citation: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "Please cite the state that you used by its identifier.",
        "type": "dataset",
        "title": TITLE["en"],
        "version": facts.id,
        "abstract": facts.description()["en"],
        "authors": [author],
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{facts.digest}",
                "description": "Digest over the content of the state",
            }
        ],
        "keywords": [*KEYWORDS["en"], *KEYWORDS["zh"]],
    }
    if publisher.email:
        citation["contact"] = [{"name": publisher.name, "email": publisher.email}]
    if publisher.url:
        citation["url"] = publisher.url
    if publisher.licence:
        citation["license"] = publisher.licence
    elif publisher.licence_url:
        citation["license-url"] = publisher.licence_url
    return as_yaml(citation)
