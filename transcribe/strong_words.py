"""Words that are hidden in automatic captions. Pure.

A muted feed shows captions to whoever passes by, and a machine that mishears writes strong words that nobody said. What
a person wrote in a correction stays as it is. The lists are small and hold what is strong in nearly every company, in
its usual forms, as casefold() writes them; names and words with a harmless meaning are left out, so a milder word may
pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from transcribe.cues import Word

_LISTS = {
    "de": "arschloch arschlöcher fick ficke ficken fickt ficker gefickt fotze fotzen hure huren hurensohn hurensöhne "
    "nutte nutten scheisse scheiss wichser wichsen schlampe schlampen",
    "en": "asshole assholes bitch bitches bitching bullshit cocksucker cunt cunts dickhead fag faggot faggots fuck "
    "fucks fucked fucker fuckers fuckin fucking motherfucker motherfuckers motherfucking nigga niggas nigger niggers "
    "pussy pussies shit shits shitty shitting slut sluts twat wank wanker wankers whore whores",
    "es": "cabrón cabrones coño chingar chingada joder mierda pendejo pendejos puta putas puto putos",
    "fr": "connard connards connasse enculé enculés merde nique niquer putain pute putes salope",
}
STRONG_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
_LETTERS = re.compile(r"[^\W\d_]+")


def hidden(words: Iterable[Word], language: str) -> Iterator[Word]:
    """The same words with the same times, the strong ones of the language as their first letter and asterisks."""
    strong = STRONG_WORDS.get(language, frozenset())

    def shown(found: re.Match[str]) -> str:
        return found[0][0] + "*" * (len(found[0]) - 1) if found[0].casefold() in strong else found[0]

    for word in words:
        yield replace(word, text=_LETTERS.sub(shown, word.text))
